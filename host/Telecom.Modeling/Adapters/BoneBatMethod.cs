using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// The form "bat" of block-affine adaptation (Kang and Yin 2024): with W cut into blocks of r by r, ΔW_ab = W_ab M_a + M_a, one M_a[r, r] per row of
/// blocks. M starts at zero. r o trainable values per layer; alpha does not enter. r must divide inputs and outputs.
/// </summary>
public sealed class BoneBatMethod : IAdapterMethod
{
    /// <inheritdoc/>
    public string Name => "bone-bat";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.Weight;

    /// <inheritdoc/>
    public bool DependsOnBase => true;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        site.Inputs % settings.Rank == 0 && site.Outputs % settings.Rank == 0
            ? new Linear(site, settings, site.RequireWeight(Name))
            : throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"Adapter method '{Name}' cannot adapt {site.Path}: rank {settings.Rank} does not divide its {site.Outputs} outputs and "
                + $"{site.Inputs} inputs.");

    private sealed class Linear : WeightLinear
    {
        private readonly Tensor weight;
        private readonly Tensor? converted;
        private readonly Tensor block;
        private readonly int rank;

        public Linear(LinearSite site, LinearSettings settings, Tensor frozen)
            : base(settings.Dropout)
        {
            rank = settings.Rank;
            converted = frozen.dtype == site.ElementType ? null : frozen.to(site.ElementType).DetachFromDisposeScope();
            weight = converted ?? frozen;
            block = Trainable(MissMethod.NameBlock, zeros([site.Outputs / rank, rank, rank]), site);
        }

        // W as [o / r, i / r, r, r]: the product runs over the columns of each block.
        protected override Tensor Change()
        {
            var (outputs, inputs) = (weight.shape[0], weight.shape[1]);
            var blocks = weight.reshape(outputs / rank, rank, inputs / rank, rank).transpose(1, 2);
            var shifts = block.unsqueeze(1);
            return blocks.matmul(shifts).Plus(shifts).transpose(1, 2).reshape(outputs, inputs);
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            converted?.Dispose();
        }
    }
}
