using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Sparse low-rank adaptation (Ding et al. 2023): ΔW = s B diag(g) A, where every optimiser step is followed by the proximal step g ← soft(g, λ),
/// which drives gates to zero; what is served and exported leaves these ranks out. A starts as LoRA's, B at zero, g normal. r (i + o) + r trainable
/// values per layer.
/// </summary>
/// <param name="threshold">λ at each step.</param>
public sealed class SoraMethod(SoraThreshold? threshold = null) : IAdapterMethod
{
    /// <summary>Name of g, [r].</summary>
    internal const string NameGate = "sora_gate";

    /// <summary><see cref="Name"/>.</summary>
    internal const string MethodName = "sora";

    private readonly SoraThreshold threshold = threshold ?? new SoraThreshold();

    /// <inheritdoc/>
    public string Name => MethodName;

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.LowRank;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Options => threshold.Options;

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var a = LoraMethod.Uniform(ref random, settings.Rank, site.Inputs);
        var gate = new float[settings.Rank];
        new NormalStream(random.Next()).Fill(gate, 1);
        return new Linear(site, settings, a, tensor(gate), threshold);
    }

    /// <summary>soft(x) = sign(x) max(|x| - λ, 0).</summary>
    /// <remarks>The published optimiser also zeroes every |g| below 2λ after it was shrunk; that is a defect and not done here.</remarks>
    internal static Tensor SoftThreshold(Tensor values, double threshold) => values.sign().mul(values.abs().Plus(-threshold).AtLeast(0));

    private sealed class Linear : AdaptedLinear
    {
        private readonly Tensor a;
        private readonly Tensor b;
        private readonly Tensor gate;
        private readonly LinearSettings settings;
        private readonly SoraThreshold threshold;

        public Linear(LinearSite site, LinearSettings settings, Tensor a, Tensor gate, SoraThreshold threshold)
        {
            (this.settings, this.threshold) = (settings, threshold);
            this.a = Trainable(LoraLinear.NameA, a, site);
            b = Trainable(LoraLinear.NameB, zeros([site.Outputs, settings.Rank]), site);
            this.gate = Trainable(NameGate, gate, site);
        }

        protected override Tensor Compute(Tensor x, Tensor? y, bool training)
        {
            var input = Dropped(x, settings.Dropout, training);
            return nn.functional.linear(nn.functional.linear(input, a).mul(gate.Times(settings.Scale)), b);
        }

        // One rank of zeros stays where every gate is closed: files need a pair of factors.
        public override LowRankFactors LowRank()
        {
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            var open = gate.detach().nonzero().reshape(-1);
            open = open.numel() > 0 ? open : zeros([1], int64, gate.device);
            var servedA = a.mul(gate.unsqueeze(1)).index_select(0, open);
            return new LowRankFactors(servedA.MoveToOuterDisposeScope(), b.index_select(1, open).Times(settings.Scale).MoveToOuterDisposeScope());
        }

        public override void AfterStep(AdapterStep step)
        {
            using var scope = NewDisposeScope();
            gate.copy_(SoftThreshold(gate, threshold.At(step.Progress)));
        }
    }
}
