using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Decoder of GPT-2 (Radford et al. 2019): learned positions, LayerNorm, fused attention projection and tanh-approximated GELU.</summary>
internal sealed class Gpt2Decoder : IDecoder
{
    private readonly Gpt2Layer[] layers;
    private readonly LayerNorm finalNorm;
    private readonly Tensor positions;

    public Gpt2Decoder(BaseWeights weights)
    {
        var configuration = weights.Configuration;
        positions = weights.Tensors[Gpt2Layout.Positions];
        finalNorm = new LayerNorm(weights, Gpt2Layout.FinalNorm);
        layers = [.. Enumerable.Range(0, configuration.LayerCount).Select(index => new Gpt2Layer(weights, index))];
    }

    public Tensor Forward(Tensor hidden, ForwardPlan plan)
    {
        hidden = hidden.Plus(positions.index_select(0, plan.Positions(positions.device)));
        foreach (var layer in layers)
        {
            using var scope = NewDisposeScope();
            hidden = ForwardPlan.Carry(hidden, layer.Forward(hidden, plan));
        }

        return plan.KeptAdapters.Normalize(hidden, finalNorm);
    }

    public void Dispose()
    {
        foreach (var layer in layers)
        {
            layer.Dispose();
        }
    }
}
