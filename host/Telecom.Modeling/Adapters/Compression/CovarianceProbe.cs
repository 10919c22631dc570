using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Compression;

/// <summary>
/// Watches the inputs of linear layers for EoRA: attached to a forward like an adapter, it adds nothing and sums xxᵀ over real tokens. A measuring
/// device, not for serving.
/// </summary>
public sealed class CovarianceProbe : IAdapterMethod
{
    private const string SumName = "sum";

    /// <inheritdoc/>
    public string Name => "covariance-probe";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <summary>C = Σ xxᵀ / n of the tokens seen so far.</summary>
    /// <returns>By module path, [i, i] float64; the caller disposes. Layers that saw no token are missing.</returns>
    public static IReadOnlyDictionary<string, Tensor> Collect(Adapter probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var means = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var site in probe.Placements.Select(placement => placement.Site))
        {
            if (probe.Linear(site.Layer, site.Target) is Linear { Tokens: > 0 } linear)
            {
                means.Add(site.Path, linear.Buffers[SumName].Over(linear.Tokens).DetachFromDisposeScope());
            }
        }

        return means;
    }

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) => new Linear(site);

    private sealed class Linear : AdaptedLinear
    {
        private readonly LinearSite site;
        private readonly Tensor sum;
        private Tensor? real;

        public Linear(LinearSite site)
        {
            this.site = site with { Weight = null, Bias = null };
            sum = Frozen(SumName, zeros([site.Inputs, site.Inputs]), this.site with { ElementType = ScalarType.Float64 });
        }

        public long Tokens { get; private set; }

        protected override Tensor? Compute(Tensor x, Tensor? y, bool training)
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var rows = (real is null ? x : x[real]).to(float64);
            sum.PlusInPlace(rows.t().mm(rows));
            Tokens += rows.shape[0];
            return null;
        }

        public override Tensor DeltaWeight() => zeros([site.Outputs, site.Inputs], site.ElementType, site.Device);

        public override void Expect(Tensor? mask) => real = mask;
    }
}
