using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// LoRA-SB (Ponkshe et al. 2024): ΔW = B R A with frozen orthonormal A, B and a trained R. With G the summed gradient of the loss by W, the first
/// step D = -η sign(G) of an Adam-like optimiser is approximated at rank r: Dᵀ = U S Vᵀ, A = U_rᵀ, B = V_r, R = diag(S_r). r² trainable values per layer;
/// the scale is one whatever alpha says.
/// </summary>
/// <param name="gradients">G by module path, [o, i], as <see cref="GradientProbe"/> collects it.</param>
/// <param name="learningRate">η of the first step: learning rate / (warm-up ratio · total steps).</param>
public sealed class LoraSbMethod(IReadOnlyDictionary<string, Tensor> gradients, double learningRate) : IAdapterMethod
{
    /// <summary><see cref="Name"/>.</summary>
    internal const string MethodName = "lora-sb";

    /// <inheritdoc/>
    public string Name => MethodName;

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public bool StartsNonIdentity => true;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        var rank = settings.RequireRankWithin(site, Name);
        if (!gradients.TryGetValue(site.Path, out var gradient) || !gradient.shape.AsSpan().SequenceEqual([site.Outputs, site.Inputs]))
        {
            throw new TelecomException(
                ErrorCode.BundleInvalid,
                $"Adapter method '{Name}' needs the gradient of {site.Path}, [{site.Outputs}, {site.Inputs}]: collect it first.");
        }

        using var scope = NewDisposeScope();

        // Exact and in float64: orthonormality must survive the rounding to the adapter's type.
        var step = gradient.detach().to(float64).sign().Times(-learningRate);
        var (u, s, vt) = linalg.svd(step.t(), fullMatrices: false);
        return new Linear(site, u.narrow(1, 0, rank).t(), vt.narrow(0, 0, rank).t(), diag(s.narrow(0, 0, rank)), settings.Dropout);
    }

    private sealed class Linear : AdaptedLinear
    {
        private readonly Tensor a;
        private readonly Tensor b;
        private readonly Tensor r;
        private readonly double dropout;

        public Linear(LinearSite site, Tensor a, Tensor b, Tensor r, double dropout)
        {
            this.a = Frozen("sb_A", a, site);
            this.b = Frozen("sb_B", b, site);
            this.r = Trainable("sb_R", r, site);
            this.dropout = dropout;
        }

        protected override Tensor Compute(Tensor x, Tensor? y, bool training)
        {
            var input = Dropped(x, dropout, training);
            return nn.functional.linear(nn.functional.linear(nn.functional.linear(input, a), r), b);
        }

        public override Tensor DeltaWeight()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            return b.mm(r.mm(a)).MoveToOuterDisposeScope();
        }

        public override LowRankFactors LowRank()
        {
            using var noGradient = no_grad();
            return new LowRankFactors(r.mm(a), b.clone());
        }
    }
}
