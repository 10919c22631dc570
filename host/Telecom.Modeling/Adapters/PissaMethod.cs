using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Principal singular values and vectors adaptation (Meng et al. 2024): W = U S Vᵀ; A = √(S_r / s) V_rᵀ, B = U_r √(S_r / s), and W - sBA takes the
/// place of W while training. r (i + o) trainable values per layer.
/// </summary>
public sealed class PissaMethod : IAdapterMethod
{
    /// <inheritdoc/>
    public string Name => "pissa";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var rank = settings.RequireRankWithin(site, Name);
        var (u, s, vt) = linalg.svd(site.RequireWeight(Name).to(WorkingType(site)), fullMatrices: false);
        var root = s.narrow(0, 0, rank).Over(settings.Scale).sqrt();
        var a = vt.narrow(0, 0, rank).mul(root.unsqueeze(1));
        var b = u.narrow(1, 0, rank).mul(root.unsqueeze(0));
        return new LoraLinear(site, settings, a, b, replaces: true);
    }

    // Never below float32, whatever the type of the base.
    internal static ScalarType WorkingType(LinearSite site) => site.ElementType == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
