using Telecom.Modeling.Bases;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Decoder of the Llama families: RMSNorm, rotary positions, grouped-query attention and SwiGLU.</summary>
internal sealed class LlamaDecoder : IDecoder
{
    private readonly DecoderLayer[] layers;
    private readonly RotaryTable rotary;
    private readonly RootMeanSquareNorm finalNorm;
    private readonly Scalar epsilon;
    private readonly Device device;

    public LlamaDecoder(BaseWeights weights, Device device)
    {
        this.device = device;
        var configuration = weights.Configuration;
        epsilon = configuration.NormEpsilon;
        finalNorm = new RootMeanSquareNorm(weights, BaseLayout.ModuleOf(LlamaLayout.FinalNorm), epsilon);
        layers = [.. Enumerable.Range(0, configuration.LayerCount).Select(index => new DecoderLayer(weights, index, epsilon))];
        rotary = new RotaryTable(configuration.HeadSize, configuration.RopeTheta, device, configuration.RopeScaling, weights.Tensors[LlamaLayout.FinalNorm].dtype);
    }

    public Tensor Forward(Tensor hidden, ForwardPlan plan)
    {
        var (cosines, signedSines) = rotary.At(plan.Positions(device), plan.LargestPosition);
        foreach (var layer in layers)
        {
            using var scope = NewDisposeScope();
            hidden = ForwardPlan.Carry(hidden, layer.Forward(hidden, plan, cosines, signedSines));
        }

        return plan.KeptAdapters.Normalize(hidden, finalNorm);
    }

    public void Dispose()
    {
        foreach (var layer in layers)
        {
            layer.Dispose();
        }

        rotary.Dispose();
        epsilon.Dispose();
    }
}
