using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Sums the gradient of a loss by W over backward passes while W itself stays frozen: a dense ΔW of zeros takes part in the forward and receives the
/// gradient. A measuring device for methods that start from gradients (LoRA-SB), not for serving.
/// </summary>
public sealed class GradientProbe : IAdapterMethod
{
    private const string ParameterName = "probe";

    /// <inheritdoc/>
    public string Name => "gradient-probe";

    /// <inheritdoc/>
    public AdapterKind Kind => AdapterKind.Weight;

    /// <summary>The sums collected so far.</summary>
    /// <returns>By module path, [o, i]; the tensors belong to the probe. Layers that no loss has reached are missing.</returns>
    public static IReadOnlyDictionary<string, Tensor> Collect(Adapter probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var gradients = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var site in probe.Placements.Select(placement => placement.Site))
        {
            if (probe.Linear(site.Layer, site.Target)!.Parameters[ParameterName].grad is { } gradient)
            {
                gradients.Add(site.Path, gradient);
            }
        }

        return gradients;
    }

    /// <inheritdoc/>
    public AdaptedLinear Attach(LinearSite site, LinearSettings settings, ref SplitMix64 random) => new Linear(site);

    private sealed class Linear : AdaptedLinear
    {
        private readonly Tensor change;

        public Linear(LinearSite site) => change = Trainable(ParameterName, zeros([site.Outputs, site.Inputs]), site);

        protected override Tensor Compute(Tensor x, Tensor? y, bool training) => nn.functional.linear(x, change);

        public override Tensor DeltaWeight() => change.detach().clone();
    }
}
