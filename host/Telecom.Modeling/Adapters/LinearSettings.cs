using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Adapters;

/// <summary>What one linear layer's adapter is told.</summary>
public sealed record LinearSettings
{
    private const int MaxRank = 1024;
    private const double MaxRatio = 1000;

    /// <summary>Rank r, 1 to 1024.</summary>
    public required int Rank { get; init; }

    /// <summary>Numerator of the scale.</summary>
    public required double Alpha { get; init; }

    /// <summary>Dropout on the adapter's input while training, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Whether the scale is alpha / √r (rsLoRA, Kalajdzievski 2023), which keeps activations level as r grows, instead of alpha / r.
    /// </summary>
    public bool RankStabilized { get; init; }

    /// <summary>Whether B has a bias of its own, which is scaled as the product is.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Learning rate of B as a multiple of that of A (LoRA+, Hayou et al. 2024), in (0, 1000].</summary>
    public double LearningRateRatio { get; init; } = 1;

    /// <summary>s.</summary>
    public double Scale => Alpha / (RankStabilized ? Math.Sqrt(Rank) : Rank);

    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: a value is out of its range.</exception>
    internal void Check()
    {
        var problem = this switch
        {
            { Rank: < 1 or > MaxRank } => $"rank {Rank} must be from 1 to {MaxRank}",
            _ when !double.IsFinite(Alpha) => string.Create(CultureInfo.InvariantCulture, $"alpha {Alpha} must be finite"),
            _ when Dropout is not (>= 0 and < 1) => string.Create(CultureInfo.InvariantCulture, $"dropout {Dropout} must be at least 0 and below 1"),
            _ when LearningRateRatio is not (> 0 and <= MaxRatio) => string.Create(
                CultureInfo.InvariantCulture, $"learning rate ratio {LearningRateRatio} must be above 0 and at most {MaxRatio}"),
            _ => null,
        };
        if (problem is not null)
        {
            throw new TelecomException(ErrorCode.BundleInvalid, $"The adapter cannot be built: {problem}.");
        }
    }

    /// <returns>The rank.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.BundleInvalid"/>: the layer's weight has fewer singular values.</exception>
    internal int RequireRankWithin(LinearSite site, string method) => Rank <= Math.Min(site.Inputs, site.Outputs)
        ? Rank
        : throw new TelecomException(
            ErrorCode.BundleInvalid,
            $"Adapter method '{method}' cannot start {site.Path} at rank {Rank}: its weight is {site.Outputs} by {site.Inputs}.");
}
