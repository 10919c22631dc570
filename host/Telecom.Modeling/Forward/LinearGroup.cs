using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Linear layers of one decoder layer that read the same input, such as q, k and v: adapters share the product with that input.</summary>
internal sealed class LinearGroup : IDisposable
{
    /// <param name="layer">Layer index.</param>
    /// <param name="isFeedForward">Whether the layers belong to the feed-forward block.</param>
    /// <param name="linears">Target names, weights and biases; the tensors stay their owner's.</param>
    public LinearGroup(int layer, bool isFeedForward, params ReadOnlySpan<(string Target, Tensor Weight, Tensor? Bias)> linears)
    {
        Layer = layer;
        IsFeedForward = isFeedForward;
        var members = new FrozenLinear[linears.Length];
        for (var i = 0; i < members.Length; i++)
        {
            var (target, weight, bias) = linears[i];
            members[i] = new FrozenLinear(target, weight, weight.t().DetachFromDisposeScope(), bias);
        }

        Linears = members;
        Targets = Array.ConvertAll(members, member => member.Target);
    }

    /// <summary>Layer index.</summary>
    public int Layer { get; }

    public IReadOnlyList<FrozenLinear> Linears { get; }

    /// <summary>Names of the layers.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>Whether the layers belong to the feed-forward block; otherwise to attention.</summary>
    public bool IsFeedForward { get; }

    /// <summary>Element type of the weights.</summary>
    public ScalarType ElementType => Linears[0].Weight.dtype;

    /// <summary>The frozen layers alone.</summary>
    /// <param name="x">[N, i].</param>
    /// <returns>[N, o] per layer.</returns>
    public Tensor[] Forward(Tensor x)
    {
        var outputs = new Tensor[Linears.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = Linears[i].Forward(x);
        }

        return outputs;
    }

    /// <summary>An adapter's factors on these layers.</summary>
    public ServedGroup Of(Adapter adapter) => adapter.Served(Layer, Targets, ElementType);

    public void Dispose()
    {
        foreach (var linear in Linears)
        {
            linear.Transposed.Dispose();
        }
    }
}
