using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Mixtures;

/// <summary>
/// DynMoLE (Li et al. 2025): a token whose router is uncertain, Tsallis entropy H above a threshold, goes to all experts; any other to the most
/// probable ones, as long as their probabilities add up to top-p at most, but to a given number at least. Weights are the probabilities as they are.
/// </summary>
/// <param name="settings">Order and thresholds.</param>
internal sealed class EntropyRouting(EntropyRoutingSettings settings) : ITokenRouting
{
    // Where the general form would divide zero by zero.
    private const double NearOne = 1e-6;
    private const double Smallest = 1e-30;

    public string Name => "dynmole";

    public IReadOnlyDictionary<string, double> Options => settings.Options;

    /// <summary>H = (1 - Σ p^q) / (q - 1); Shannon's -Σ p ln p for q = 1.</summary>
    /// <param name="probabilities">[N, E].</param>
    /// <param name="q">Order, above 0.</param>
    /// <returns>[N].</returns>
    public static Tensor Entropy(Tensor probabilities, double q)
    {
        using var scope = NewDisposeScope();
        var entropy = Math.Abs(q - 1) < NearOne
            ? probabilities.mul(probabilities.AtLeast(Smallest).log()).sum(1).neg()
            : Power(probabilities.AtLeast(Smallest), q).sum(1).neg().Plus(1.0).Over(q - 1);
        return entropy.MoveToOuterDisposeScope();
    }

    public Tensor Weights(Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        return probabilities.mul(Active(probabilities.detach()).to(probabilities.dtype)).MoveToOuterDisposeScope();
    }

    public Tensor Loss(Tensor probabilities, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var uncertainty = Entropy(probabilities, settings.Order).mean().Times(settings.EntropyLoss);
        var balance = weights.mean([0]).mul(probabilities.mean([0])).sum().Times(probabilities.shape[1] * settings.BalanceLoss);
        return uncertainty.Plus(balance).MoveToOuterDisposeScope();
    }

    // [N, E] bool
    private Tensor Active(Tensor probabilities)
    {
        using Scalar topP = settings.TopP;
        using Scalar threshold = settings.Threshold;
        var (sorted, order) = probabilities.sort(1, descending: true, stable: true);
        var ranks = KeptScalars.Range(0, probabilities.shape[1], probabilities.device).unsqueeze(0);
        var kept = sorted.cumsum(1).le(topP).logical_or(ranks.IsBelow(settings.KeepTopK));
        var confident = zeros_like(kept).scatter(1, order, kept);
        return confident.logical_or(Entropy(probabilities, settings.Order).gt(threshold).unsqueeze(1));
    }

    private static Tensor Power(Tensor values, double exponent)
    {
        using Scalar scalar = exponent;
        return values.pow(scalar);
    }
}
