using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Frozen layer norm over the last dimension: w (x - mean) / sqrt(variance + eps) + b, with the biased variance (Ba et al. 2016).</summary>
internal sealed class LayerNorm
{
    private readonly Tensor weight;
    private readonly Tensor bias;
    private readonly long[] shape;
    private readonly double epsilon;

    public LayerNorm(BaseWeights weights, string module)
    {
        (weight, bias) = (weights.Tensors[module + ".weight"], weights.Tensors[module + ".bias"]);
        shape = weight.shape;
        epsilon = weights.Configuration.NormEpsilon;
    }

    /// <param name="x">[N, d].</param>
    /// <returns>[N, d].</returns>
    public Tensor Forward(Tensor x) => nn.functional.layer_norm(x, shape, weight, bias, epsilon);
}
