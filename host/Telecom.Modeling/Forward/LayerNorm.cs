using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Frozen layer norm over the last dimension: w (x - mean) / sqrt(variance + eps) + b, with the biased variance (Ba et al. 2016).</summary>
internal sealed class LayerNorm : INorm
{
    private readonly Tensor weight;
    private readonly Tensor bias;
    private readonly long[] shape;
    private readonly double epsilon;

    public LayerNorm(BaseWeights weights, string module)
    {
        Path = module;
        (weight, bias) = (weights.Tensors[module + ".weight"], weights.Tensors[module + ".bias"]);
        shape = weight.shape;
        epsilon = weights.Configuration.NormEpsilon;
    }

    public string Path { get; }

    public Tensor Forward(Tensor x, ReplacedNorm? own = null) => own is null
        ? nn.functional.layer_norm(x, shape, weight, bias, epsilon)
        : nn.functional.layer_norm(x, shape, own.Weight.to(x.dtype), own.Bias!.to(x.dtype), epsilon);
}
