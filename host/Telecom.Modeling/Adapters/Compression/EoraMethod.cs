using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Compression;

/// <summary>
/// LoRA on a compressed base that starts as the compensation of what compression took (EoRA, Liu et al. 2024): y = Ŵx + BAx. r (i + o) trainable
/// values per layer; whatever alpha says, the start is the compensation.
/// </summary>
/// <param name="originals">W by module path, [o, i]; the base has Ŵ.</param>
/// <param name="covariances">Mean of xxᵀ by module path, [i, i], as <see cref="CovarianceProbe"/> collects it.</param>
public sealed class EoraMethod(IReadOnlyDictionary<string, Tensor> originals, IReadOnlyDictionary<string, Tensor> covariances) : IAdapterMethod
{
    /// <inheritdoc/>
    public string Name => "eora";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public bool StartsNonIdentity => true;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var rank = settings.RequireRankWithin(site, Name);
        var weight = Required(originals, site, "original weight", site.Outputs);
        var covariance = Required(covariances, site, "covariance of the inputs", site.Inputs);
        var (a, b) = Eora.Factors(weight, site.RequireWeight(Name), covariance, rank);
        return new LoraLinear(site, settings, a, b.Over(settings.Scale));
    }

    private Tensor Required(IReadOnlyDictionary<string, Tensor> tensors, LinearSite site, string what, int rows) =>
        tensors.TryGetValue(site.Path, out var tensor) && tensor.shape.AsSpan().SequenceEqual([rows, site.Inputs])
            ? tensor
            : throw new TelecomException(
                ErrorCode.BundleInvalid, $"Adapter method '{Name}' needs the {what} of {site.Path}, [{rows}, {site.Inputs}]: collect it first.");
}
