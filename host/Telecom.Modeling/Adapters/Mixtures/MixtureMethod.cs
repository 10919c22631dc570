using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Mixtures;

/// <summary>
/// A mixture of LoRA experts with a router per layer: y += s Σ_e w_e B_e A_e x, the weights of every token from p = softmax(W_g x). Experts start as
/// LoRA does, so a fresh mixture changes nothing. E (r (i + o) + i) trainable values per layer.
/// </summary>
/// <remarks>Its ΔW differs from token to token: it is served unmerged, and padding counts in none of its losses.</remarks>
internal sealed class MixtureMethod(ITokenRouting routing, int experts) : IAdapterMethod
{
    public const int UsualExperts = 4;
    public const int MostExperts = 64;
    public const string ExpertsOption = "experts";

    /// <summary>Name of W_g, [E, i].</summary>
    public const string NameRouter = "router.weight";

    /// <summary>Name of all A_e, [E, r, i].</summary>
    public const string NameA = "experts.lora_A";

    /// <summary>Name of all B_e, [E, o, r].</summary>
    public const string NameB = "experts.lora_B";

    public string Name => routing.Name;

    public AdapterKind Kind => AdapterKind.Routed;

    public IReadOnlyDictionary<string, double> Options =>
        new Dictionary<string, double>(routing.Options) { [ExpertsOption] = experts };

    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var router = LoraMethod.Uniform(ref random, experts, site.Inputs);
        var a = LoraMethod.Uniform(ref random, experts * settings.Rank, site.Inputs).view(experts, settings.Rank, site.Inputs);
        return new Linear(site, settings, routing, router, a);
    }

    private sealed class Linear : AdaptedLinear
    {
        private readonly string path;
        private readonly LinearSettings settings;
        private readonly ITokenRouting routing;
        private readonly Tensor router;
        private readonly Tensor a;
        private readonly Tensor b;
        private readonly List<Tensor> losses = [];
        private Tensor? real;

        public Linear(LinearSite site, LinearSettings settings, ITokenRouting routing, Tensor router, Tensor a)
        {
            (path, this.settings, this.routing) = (site.Path, settings, routing);
            this.router = Trainable(NameRouter, router, site);
            this.a = Trainable(NameA, a, site);
            b = Trainable(NameB, zeros([a.shape[0], site.Outputs, settings.Rank]), site);
        }

        protected override Tensor Compute(Tensor x, Tensor? y, bool training)
        {
            var input = Dropped(x, settings.Dropout, training);
            var probabilities = nn.functional.softmax(nn.functional.linear(x, router), 1);
            var weights = routing.Weights(probabilities);
            if (training && is_grad_enabled())
            {
                AddLoss(probabilities, weights);
            }

            // All experts side by side: [N, E, r] weighted token by token between the two products.
            var (experts, rank, inputs) = (a.shape[0], a.shape[1], a.shape[2]);
            var low = nn.functional.linear(input, a.view(experts * rank, inputs)).view(-1, experts, rank);
            var weighted = low.mul(weights.Times(settings.Scale).unsqueeze(2)).view(-1, experts * rank);
            return nn.functional.linear(weighted, b.transpose(0, 1).reshape(-1, experts * rank));
        }

        public override Tensor DeltaWeight() => throw new TelecomException(
            ErrorCode.Unprocessable, $"The mixture of experts at {path} chooses token by token: it cannot be merged; serve it unmerged.");

        public override void Expect(Tensor? mask) => real = mask;

        public override Tensor? TakeLoss()
        {
            if (losses.Count == 0)
            {
                return null;
            }

            var sum = stack(losses).sum();
            Refresh();
            return sum;
        }

        // Losses of a forward that nobody asked for must not stay.
        public override void Refresh()
        {
            losses.ForEach(loss => loss.Dispose());
            losses.Clear();
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            Refresh();
        }

        private void AddLoss(Tensor probabilities, Tensor weights)
        {
            using var scope = NewDisposeScope();
            var (p, w) = real is null ? (probabilities, weights) : (probabilities[real], weights[real]);
            if (p.shape[0] > 0)
            {
                losses.Add(routing.Loss(p, w).DetachFromDisposeScope());
            }
        }
    }
}
