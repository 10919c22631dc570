using System.Globalization;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// LoLDU (Shi et al. 2024): W = P L D U with unit triangular L and U; ΔW = s P L_r diag(z) U_r takes the place of that part of W, with trained z[r]
/// and s. z starts at the first r pivots D, s at alpha / r. r + 1 trainable values per layer.
/// </summary>
/// <remarks>
/// What is added to W is P L_r diag(s z - s₀ D_r) U_r: a product of two frozen factors with a trained diagonal, so it is served as any low-rank
/// adapter, and a fresh adapter adds exactly nothing. Files hold the permutation as int32[o]; the factors follow from W.
/// </remarks>
public sealed class LolduMethod : IAdapterMethod
{
    /// <summary>Name of z, [r].</summary>
    internal const string NameDiagonal = "loldu_z";

    /// <summary>Name of s, [1].</summary>
    internal const string NameScale = "loldu_scale";

    /// <summary>Name of the permutation: row j of W is row p[j] of L D U. [o] int32.</summary>
    internal const string NamePermutation = "loldu_permutation";

    private const double SmallestPivot = 1e-12;

    /// <inheritdoc/>
    public string Name => "loldu";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public bool DependsOnBase => true;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var rank = settings.RequireRankWithin(site, Name);
        var (p, l, u) = linalg.lu(site.RequireWeight(Name).to(float64), pivot: true);
        var pivots = u.diagonal();
        var smallest = pivots.abs().min().item<double>();
        if (!(smallest >= SmallestPivot))
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Adapter method '{Name}' cannot adapt {site.Path}: its weight is singular, a pivot is {smallest}, below {SmallestPivot}."));
        }

        var permutation = p.argmax(1);
        var leading = pivots.narrow(0, 0, rank);
        var upper = u.narrow(0, 0, rank).div(leading.unsqueeze(1));
        return new Linear(site, settings, permutation.to(int32), l.narrow(1, 0, rank).index_select(0, permutation), leading, upper);
    }

    private sealed class Linear : AdaptedLinear
    {
        private readonly string path;
        private readonly Tensor lower;
        private readonly Tensor upper;
        private readonly Tensor pivots;
        private readonly Tensor diagonal;
        private readonly Tensor scale;
        private readonly Tensor permutation;
        private readonly int[] ownPermutation;
        private readonly double startScale;
        private readonly double dropout;

        public Linear(LinearSite site, LinearSettings settings, Tensor permutation, Tensor lower, Tensor pivots, Tensor upper)
        {
            (path, startScale, dropout) = (site.Path, settings.Scale, settings.Dropout);
            this.lower = Frozen("loldu_L", lower, site);
            this.upper = Frozen("loldu_U", upper, site);
            this.pivots = Frozen("loldu_D", pivots, site);
            this.permutation = Constant(NamePermutation, permutation, site);
            ownPermutation = permutation.cpu().data<int>().ToArray();
            diagonal = Trainable(NameDiagonal, pivots, site);
            scale = Trainable(NameScale, KeptScalars.Full([1], startScale), site);
        }

        protected override Tensor Compute(Tensor x, Tensor? y, bool training)
        {
            var input = Dropped(x, dropout, training);
            return nn.functional.linear(nn.functional.linear(input, upper).mul(Gates()), lower);
        }

        public override Tensor DeltaWeight()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            return lower.mm(upper.mul(Gates().unsqueeze(1))).MoveToOuterDisposeScope();
        }

        public override LowRankFactors LowRank()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            return new LowRankFactors(upper.mul(Gates().unsqueeze(1)).MoveToOuterDisposeScope(), lower.clone().MoveToOuterDisposeScope());
        }

        public override void Accept()
        {
            using var scope = NewDisposeScope();
            if (!permutation.cpu().data<int>().ToArray().AsSpan().SequenceEqual(ownPermutation))
            {
                throw new TelecomException(
                    ErrorCode.BaseIncompatible, $"The adapter was trained on another weight of {path}: its rows are permuted otherwise.");
            }
        }

        private Tensor Gates() => diagonal.mul(scale).sub(pivots.Times(startScale));
    }
}
