using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// RandLoRA (Albert et al. 2025): ΔW = s Σ_b B_b Λ_b A Γ_b with one frozen random pair A, B for the whole model and trained diagonals, so that ΔW has
/// full rank. n = ⌈min(i, o) / r⌉ bases; λ[r, n] starts at zero, γ[n, min(i, o)] at 1 / max(n, min(i, o)). r n + n min(i, o) trainable values per
/// layer.
/// </summary>
/// <remarks>
/// A takes the narrower side of W: for i ≤ o, ΔW = s B_flat A_flat, otherwise the transpose. PEFT flattens A's rows as k n + b and B's columns as
/// b r + k, which pairs bases otherwise than the equation does; as the bases are random, that is as good, and files are exchanged with PEFT.
/// </remarks>
public sealed class RandLoraMethod : IAdapterMethod
{
    private const string NameLambda = "randlora_lambda";
    private const string NameGamma = "randlora_gamma";
    private const string NameA = "randlora_A";
    private const string NameB = "randlora_B";

    /// <inheritdoc/>
    public string Name => "randlora";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.Weight;

    /// <inheritdoc/>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: layers have different ranks or types.</exception>
    public IAdapterMethod For(IReadOnlyList<AdapterPlacement> placements, SharedTensors shared, ref SplitMix64 random)
    {
        if (placements.Select(placement => (placement.Settings.Rank, placement.Site.ElementType)).Distinct().Count() > 1)
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid, $"Adapter method '{Name}' shares its bases among all layers: they must have one rank and one element type.");
        }

        var (rank, site) = (placements[0].Settings.Rank, placements[0].Site);
        var (outputs, inputs) = (placements.Max(placement => placement.Site.Outputs), placements.Max(placement => placement.Site.Inputs));
        var (narrow, wide) = (Math.Min(outputs, inputs), Math.Max(outputs, inputs));
        var count = (narrow + rank - 1) / rank;
        using var scope = NewDisposeScope();
        var a = shared.Add(NameA, Basis(ref random, [rank, 1, narrow], site));
        return new Sharing(a, shared.Add(NameB, Basis(ref random, [wide, count, rank], site)));
    }

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        throw new InvalidOperationException("Layers are attached by what For returns.");

    // Uniform draws divided by their deviation: the bound that PEFT draws them in cancels.
    private static Tensor Basis(ref SplitMix64 random, long[] shape, LinearSite site)
    {
        var values = new double[shape.Aggregate((product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (2 * random.NextUnit()) - 1;
        }

        var basis = tensor(values, shape);
        return basis.div(basis.std()).to(site.ElementType).to(site.Device);
    }

    private sealed class Sharing(Tensor a, Tensor b) : IAdapterMethod
    {
        public string Name => "randlora";

        public AdapterKind Kind => AdapterKind.Weight;

        public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) => new Linear(site, settings, a, b);
    }

    private sealed class Linear : WeightLinear
    {
        private readonly Tensor a;
        private readonly Tensor b;
        private readonly Tensor lambda;
        private readonly Tensor gamma;
        private readonly double scale;
        private readonly bool isTransposed;

        public Linear(LinearSite site, LinearSettings settings, Tensor a, Tensor b)
            : base(settings.Dropout)
        {
            (this.a, this.b, scale) = (a, b, settings.Scale);
            isTransposed = site.Outputs < site.Inputs;
            var narrow = Math.Min(site.Inputs, site.Outputs);
            var count = (narrow + settings.Rank - 1) / settings.Rank;
            lambda = Trainable(NameLambda, zeros([settings.Rank, count]), site);
            gamma = Trainable(NameGamma, KeptScalars.Full([count, narrow], 1.0 / Math.Max(count, narrow)), site);
            Wide = Math.Max(site.Inputs, site.Outputs);
        }

        private long Wide { get; }

        protected override Tensor Change()
        {
            var (count, narrow) = (gamma.shape[0], gamma.shape[1]);

            // [r, n, narrow] -> [r n, narrow], and [wide, n, r] -> [wide, n r].
            var flatA = a.narrow(2, 0, narrow).mul(lambda.unsqueeze(2)).mul(gamma.unsqueeze(0)).reshape(-1, narrow);
            var flatB = b.narrow(0, 0, Wide).narrow(1, 0, count).reshape(Wide, -1);
            var change = flatB.mm(flatA).Times(scale);
            return isTransposed ? change.t() : change;
        }
    }
}
