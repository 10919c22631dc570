using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>
/// Return bookkeeping of a pool and of the policies trained on it: r̂ = (clip(r) − r_min) / (r_max − r_min), G_i = Σ_{j ≥ i} r̂_j / 1000, and what a
/// running session has left of its target.
/// </summary>
/// <param name="MinReward">Smallest reward of the pool, after any floor.</param>
/// <param name="MaxReward">Largest reward of the pool.</param>
/// <param name="MaxReturn">Largest G of the pool, in the reference scale.</param>
/// <param name="Scaling">Unit of the numbers that <see cref="ToGo"/>, <see cref="Start"/> and <see cref="After"/> give.</param>
/// <param name="Discount">γ of the returns to go; 1 in the paper.</param>
internal sealed record ReturnToGo(double MinReward, double MaxReward, double MaxReturn, ReturnScaling Scaling, double Discount = 1)
{
    private const double ReferenceDivisor = 1000.0;

    private double Divisor => Scaling == ReturnScaling.Unit ? ReferenceDivisor * MaxReturn : ReferenceDivisor;

    /// <summary>Measures a pool.</summary>
    /// <param name="rewards">Rewards of all records, session after session, after any floor.</param>
    /// <param name="isLast">Whether a record ends its session.</param>
    /// <param name="scaling">Unit of the returns.</param>
    /// <param name="discount">γ, in (0, 1].</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: all rewards are equal, so that no return tells anything.</exception>
    public static ReturnToGo Of(ReadOnlySpan<float> rewards, ReadOnlySpan<bool> isLast, ReturnScaling scaling, double discount = 1)
    {
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var reward in rewards)
        {
            least = Math.Min(least, reward);
            most = Math.Max(most, reward);
        }

        if (!(most > least))
        {
            throw new TelecomException(
                ErrorCode.DataRejected,
                string.Create(CultureInfo.InvariantCulture, $"The pool's {rewards.Length} rewards are all alike: returns would be undefined. ")
                + "Collect sessions of other traces or policies.");
        }

        var raw = new ReturnToGo(least, most, 1, ReturnScaling.Reference, discount);
        var returns = new double[rewards.Length];
        raw.ToGo(rewards, isLast, returns);
        return raw with { MaxReturn = returns.Max(), Scaling = scaling };
    }

    /// <returns>r̂ in [0, 1]; rewards beyond the pool's are clipped to them.</returns>
    public double Normalise(double reward) => (Math.Clamp(reward, MinReward, MaxReward) - MinReward) / (MaxReward - MinReward);

    /// <summary>Return to go of every record.</summary>
    /// <param name="rewards">[N], session after session.</param>
    /// <param name="isLast">[N] whether a record ends its session.</param>
    /// <param name="returns">[N], written.</param>
    public void ToGo(ReadOnlySpan<float> rewards, ReadOnlySpan<bool> isLast, Span<double> returns)
    {
        var sum = 0.0;
        for (var i = rewards.Length - 1; i >= 0; i--)
        {
            sum = Normalise(rewards[i]) + (isLast[i] ? 0 : Discount * sum);
            returns[i] = sum / Divisor;
        }
    }

    /// <returns>Target return of a new session.</returns>
    public double Start(double targetScale) => Scaling == ReturnScaling.Unit ? targetScale : MaxReturn * targetScale;

    /// <returns>What is left of the target after a chunk; the reward of chunk 0 is not taken off.</returns>
    public double After(double target, double reward) => target - (Normalise(reward) / Divisor);
}
