using Telecom.Modeling.Bases;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>
/// The frozen shared base: causal decoder with RMSNorm, rotary positions, grouped-query attention and SwiGLU. One forward serves the rows of many
/// lanes.
/// </summary>
/// <remarks>
/// The tokens of all segments are laid end to end as [N, d], so norms and linear layers see no padding whatever the lengths; only attention works
/// per group of rows. The weights are never written; adapters add to the outputs of linear layers. Not thread-safe: executor thread only.
/// </remarks>
public sealed class BaseModel : IDisposable
{
    private readonly BaseWeights weights;
    private readonly DecoderLayer[] layers;
    private readonly RotaryTable rotary;
    private readonly Tensor finalNorm;
    private readonly Scalar epsilon;

    /// <param name="weights">Frozen weights; owned by the model from here on.</param>
    public BaseModel(BaseWeights weights)
    {
        this.weights = weights;
        Configuration = weights.Configuration;
        finalNorm = weights.Tensors["model.norm.weight"];
        Device = finalNorm.device;
        epsilon = Configuration.NormEpsilon;
        layers = [.. Enumerable.Range(0, Configuration.LayerCount).Select(index => new DecoderLayer(weights, index, epsilon))];
        rotary = new RotaryTable(Configuration.HeadSize, Configuration.RopeTheta, Device);
    }

    /// <summary>Shape of the base.</summary>
    public BaseConfiguration Configuration { get; }

    /// <summary>Name of the weights, e.g. <c>nano</c>.</summary>
    public string Name => weights.Name;

    /// <summary>SHA-256 of the weights.</summary>
    public string Fingerprint => weights.Fingerprint;

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>The frozen weights, for checks that nothing changed them.</summary>
    public BaseWeights Weights => weights;

    /// <summary>One forward over the rows of all segments.</summary>
    /// <returns>Final-norm hidden states per segment, [B, T, d]; the caller disposes.</returns>
    /// <exception cref="ArgumentException">Tokens, mask or cache of a segment do not fit each other or the base.</exception>
    public Tensor[] Forward(ReadOnlySpan<ForwardSegment> segments)
    {
        using var scope = NewDisposeScope();
        var plan = new ForwardPlan(segments, Configuration.HiddenSize);
        plan.PrepareMasks(Device);
        var (cosines, signedSines) = rotary.At(plan.Positions(Device), plan.LargestPosition);
        var hidden = plan.Flatten();
        foreach (var layer in layers)
        {
            using var layerScope = NewDisposeScope();
            hidden = layer.Forward(hidden, plan, cosines, signedSines).MoveToOuterDisposeScope();
        }

        plan.AdvanceCaches();
        var outputs = plan.Split(DecoderLayer.RootMeanSquareNorm(hidden, finalNorm, epsilon));
        foreach (var output in outputs)
        {
            output.MoveToOuterDisposeScope();
        }

        return outputs;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rotary.Dispose();
        epsilon.Dispose();
        weights.Dispose();
    }
}
