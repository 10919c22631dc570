using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// NOLA (Koohpayegani et al. 2024): LoRA whose factors are A = A₀ + Σ α_k Ã_k and B = Σ β_k B̃_k with random bases U(-1, 1) / √K from a seed. A₀ is
/// LoRA's start and frozen; all coefficients start at zero. 2K trainable values per layer, whatever its size and rank.
/// </summary>
/// <param name="bases">K of each factor, 1 to 65 536.</param>
/// <remarks>
/// With β = 0 the gradient of α is zero, but not that of β, as A₀ is not zero. Each layer's seeds are drawn from the adapter's and travel with its
/// file, in place of the bases.
/// </remarks>
public sealed class NolaMethod(int bases = NolaMethod.UsualBases) : IAdapterMethod
{
    /// <summary>K unless stated otherwise.</summary>
    internal const int UsualBases = 256;

    /// <summary>Name of the option that holds K.</summary>
    internal const string BasesOption = "bases";

    /// <summary>Name of α, [K].</summary>
    internal const string NameAlpha = "nola_alpha";

    /// <summary>Name of β, [K].</summary>
    internal const string NameBeta = "nola_beta";

    /// <summary>Name of the seeds of A₀, Ã and B̃, [3] int64.</summary>
    internal const string NameSeeds = "nola_seeds";

    /// <inheritdoc/>
    public string Name => "nola";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Options { get; } = new Dictionary<string, double> { [BasesOption] = bases };

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        new Linear(site, settings, bases, tensor([(long)random.Next(), (long)random.Next(), (long)random.Next()]));

    private sealed class Linear : AdaptedLinear
    {
        private readonly LinearSite site;
        private readonly LinearSettings settings;
        private readonly Tensor alpha;
        private readonly Tensor beta;
        private readonly Tensor seeds;
        private Tensor start;
        private RandomBases basesA;
        private RandomBases basesB;
        private Tensor? servedA;
        private Tensor? servedB;

        public Linear(LinearSite site, LinearSettings settings, int count, Tensor seeds)
        {
            this.site = site with { Weight = null, Bias = null };
            this.settings = settings;
            alpha = Trainable(NameAlpha, zeros(count), site);
            beta = Trainable(NameBeta, zeros(count), site);
            this.seeds = Constant(NameSeeds, seeds, site);
            (start, basesA, basesB) = Seeded();
        }

        protected override Tensor Compute(Tensor x, Tensor? y, bool training)
        {
            var input = Dropped(x, settings.Dropout, training);
            if (is_grad_enabled())
            {
                return nn.functional.linear(nn.functional.linear(input, A()).Times(settings.Scale), basesB.Combine(beta));
            }

            servedA ??= A().DetachFromDisposeScope();
            servedB ??= basesB.Combine(beta).Times(settings.Scale).DetachFromDisposeScope();
            return nn.functional.linear(nn.functional.linear(input, servedA), servedB);
        }

        public override LowRankFactors LowRank()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            return new LowRankFactors(A().MoveToOuterDisposeScope(), basesB.Combine(beta).Times(settings.Scale).MoveToOuterDisposeScope());
        }

        public override void Refresh()
        {
            servedA?.Dispose();
            servedB?.Dispose();
            (servedA, servedB) = (null, null);
        }

        public override void Accept()
        {
            using var noGradient = no_grad();
            Refresh();
            start.Dispose();
            (start, basesA, basesB) = Seeded();
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            Refresh();
            start.Dispose();
        }

        private Tensor A() => start.Plus(basesA.Combine(alpha));

        private (Tensor Start, RandomBases A, RandomBases B) Seeded()
        {
            using var scope = NewDisposeScope();
            var own = seeds.cpu().data<long>().ToArray();
            var random = new SplitMix64((ulong)own[0]);
            var count = (int)alpha.shape[0];
            var start = LoraMethod.Uniform(ref random, settings.Rank, site.Inputs).to(alpha.dtype).to(alpha.device).DetachFromDisposeScope();
            return (
                start,
                new RandomBases((ulong)own[1], count, settings.Rank, site.Inputs),
                new RandomBases((ulong)own[2], count, site.Outputs, settings.Rank));
        }
    }
}
