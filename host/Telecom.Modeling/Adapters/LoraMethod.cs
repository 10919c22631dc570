using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021): y += s B A dropout(x), s = alpha / r, or alpha / √r when rank-stabilised. A starts uniform in
/// (-1/√i, 1/√i), B at zero, so a fresh adapter leaves the base's output unchanged. r (i + o) trainable values per layer.
/// </summary>
public sealed class LoraMethod : IAdapterMethod
{
    /// <inheritdoc/>
    public string Name => "lora";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        new LoraLinear(site, settings, Uniform(ref random, settings.Rank, site.Inputs), zeros([site.Outputs, settings.Rank], float32));

    /// <returns>A as LoRA starts it, [r, i].</returns>
    internal static Tensor Uniform(ref SplitMix64 random, int rank, int inputs)
    {
        var bound = 1.0 / Math.Sqrt(inputs);
        var values = new float[rank * inputs];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((2.0 * random.NextUnit() - 1.0) * bound);
        }

        return tensor(values, [rank, inputs]);
    }
}
