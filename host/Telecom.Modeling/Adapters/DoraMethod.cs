using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Weight-decomposed LoRA (Liu et al. 2024): W' = m (W + sBA) / ‖W + sBA‖, the norm over the inputs, one per output row. m starts at ‖W‖, so a fresh
/// adapter leaves the base's output unchanged. The norm counts as constant in the backward pass, and the bias stays outside the scaling.
/// r (i + o) + o trainable values per layer.
/// </summary>
public sealed class DoraMethod : IAdapterMethod
{
    /// <summary>PEFT's name of m.</summary>
    internal const string NameMagnitude = "lora_magnitude_vector";

    /// <inheritdoc/>
    public string Name => "dora";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.ScaledLowRank;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) =>
        new Linear(site, settings, site.RequireWeight(Name), LoraMethod.Uniform(ref random, settings.Rank, site.Inputs));

    private sealed class Linear : AdaptedLinear
    {
        private readonly Tensor weight;
        private readonly Tensor? converted;
        private readonly Tensor? bias;
        private readonly Tensor a;
        private readonly Tensor b;
        private readonly Tensor magnitude;
        private readonly Tensor rowSquares;
        private readonly double scale;
        private readonly double dropout;
        private Tensor? cachedGain;

        public Linear(LinearSite site, LinearSettings settings, Tensor frozen, Tensor start)
        {
            // The base's own tensor where types agree: nothing is copied.
            converted = frozen.dtype == site.ElementType ? null : frozen.to(site.ElementType).DetachFromDisposeScope();
            weight = converted ?? frozen;
            bias = site.Bias;
            (scale, dropout) = (settings.Scale, settings.Dropout);
            rowSquares = weight.Squared().sum(1).DetachFromDisposeScope();
            a = Trainable(LoraLinear.NameA, start, site);
            b = Trainable(LoraLinear.NameB, zeros([site.Outputs, settings.Rank]), site);
            magnitude = Trainable(NameMagnitude, rowSquares.sqrt(), site);
        }

        protected override Tensor Compute(Tensor x, Tensor? y, bool training)
        {
            // y' - (Wx + b) = (g - 1) Wx + g s B(Ax): W' itself is never formed.
            var dropped = training && dropout > 0;
            var input = dropped ? nn.functional.dropout(x, dropout, training: true) : x;
            var wx = dropped || y is null ? nn.functional.linear(input, weight) : bias is null ? y : y.sub(bias);
            var low = nn.functional.linear(nn.functional.linear(input, a).Times(scale), b);
            if (is_grad_enabled())
            {
                var gain = Gain();
                return wx.mul(gain.Plus(-1)).Plus(low.mul(gain));
            }

            cachedGain ??= Gain().DetachFromDisposeScope();
            return wx.Plus(low).mul(cachedGain).sub(wx);
        }

        public override Tensor DeltaWeight()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var direction = weight.Plus(b.mm(a).Times(scale));
            return direction.mul(Gain().unsqueeze(1)).sub(weight).MoveToOuterDisposeScope();
        }

        public override LowRankFactors LowRank()
        {
            using var noGradient = no_grad();
            return new LowRankFactors(a.detach().clone(), b.Times(scale), Gain());
        }

        public override void Refresh()
        {
            cachedGain?.Dispose();
            cachedGain = null;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            Refresh();
            rowSquares.Dispose();
            converted?.Dispose();
        }

        /// <summary>g = m / ‖W + sBA‖, [o], with the norm detached.</summary>
        private Tensor Gain() => magnitude.div(Norm());

        // ‖W_j + s B_j A‖² = ‖W_j‖² + 2s (W_j Aᵀ) · B_j + s² B_j (A Aᵀ) B_jᵀ needs nothing of size [o, i].
        private Tensor Norm()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var cross = weight.mm(a.t()).mul(b).sum(1).Times(2 * scale);
            var square = b.mm(a.mm(a.t())).mul(b).sum(1).Times(scale * scale);
            return rowSquares.Plus(cross).Plus(square).AtLeast(1e-12).sqrt().MoveToOuterDisposeScope();
        }
    }
}
