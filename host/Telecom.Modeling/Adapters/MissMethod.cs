using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Matrix shard sharing (Kang and Yin 2024; "Bone" in earlier versions): ΔW[o, j] = M[j mod r, o], so that y += Mᵀ times the sum of the blocks of x
/// of width r, the last one padded with zeros. M starts at zero. r o trainable values per layer; alpha does not enter.
/// </summary>
/// <param name="width">
/// m of the form "mini", M[r, m] repeated along the outputs, r m trainable values; 0 for the full M[r, o]. Must divide the outputs of every layer.
/// </param>
public sealed class MissMethod(int width = 0) : IAdapterMethod
{
    /// <summary>PEFT's name of M.</summary>
    internal const string NameBlock = "miss_block";

    /// <summary>Name of the option that holds <see cref="Width"/>.</summary>
    internal const string WidthOption = "width";

    /// <inheritdoc/>
    public string Name => width == 0 ? "miss" : "miss-mini";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.Block;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Options { get; } = new Dictionary<string, double> { [WidthOption] = width };

    /// <summary>m of the form "mini"; 0 for the full one.</summary>
    public int Width => width;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        width == 0 || (width > 0 && site.Outputs % width == 0)
            ? new Linear(site, settings, width == 0 ? site.Outputs : width)
            : throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"Adapter method '{Name}' cannot adapt {site.Path}: its {site.Outputs} outputs are not a multiple of the width {width}.");

    private sealed class Linear : AdaptedLinear
    {
        private readonly LinearSite site;
        private readonly Tensor block;
        private readonly int rank;
        private readonly double dropout;

        public Linear(LinearSite site, LinearSettings settings, int width)
        {
            this.site = site with { Weight = null, Bias = null };
            (rank, dropout) = (settings.Rank, settings.Dropout);
            block = Trainable(NameBlock, zeros([rank, width]), site);
        }

        protected override Tensor Compute(Tensor x, Tensor? y, bool training)
        {
            var input = Dropped(x, dropout, training);
            return nn.functional.linear(BlockSum(input), Outputs());
        }

        // The block-sum written as a matrix of zeros and ones.
        public override LowRankFactors LowRank()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var repeats = (site.Inputs + rank - 1) / rank;
            var sums = eye(rank, dtype: block.dtype, device: block.device).repeat(1, repeats).narrow(1, 0, site.Inputs);
            return new LowRankFactors(sums.contiguous().MoveToOuterDisposeScope(), Outputs().detach().contiguous().clone().MoveToOuterDisposeScope());
        }

        // [o, r]
        private Tensor Outputs() => (block.shape[1] == site.Outputs ? block : block.repeat(1, site.Outputs / block.shape[1])).t();

        // [N, i] -> [N, r]
        private Tensor BlockSum(Tensor x)
        {
            var missing = (rank - (site.Inputs % rank)) % rank;
            var padded = missing == 0 ? x : nn.functional.pad(x, [0L, missing]);
            return padded.reshape(x.shape[0], -1, rank).sum(1);
        }
    }
}
