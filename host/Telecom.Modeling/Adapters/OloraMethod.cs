using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Orthonormal LoRA (Büyükakyüz 2024): W = Q R; B = the first r columns of Q, A = the first r rows of R, and W - sBA takes the place of W while
/// training. r (i + o) trainable values per layer.
/// </summary>
public sealed class OloraMethod : IAdapterMethod
{
    /// <inheritdoc/>
    public string Name => "olora";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var rank = settings.RequireRankWithin(site, Name);
        var (q, r) = linalg.qr(site.RequireWeight(Name).to(PissaMethod.WorkingType(site)), linalg.QRMode.Reduced);
        return new LoraLinear(site, settings, r.narrow(0, 0, rank), q.narrow(1, 0, rank), replaces: true);
    }
}
