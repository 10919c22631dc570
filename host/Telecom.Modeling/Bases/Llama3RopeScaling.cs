using System.Globalization;

namespace Telecom.Modeling.Bases;

/// <summary>
/// Scaling of Llama 3.1: wavelengths λ = 2π/f above L0/l are stretched by the factor, those below L0/u are kept, and between them the two are blended.
/// </summary>
/// <param name="Factor">F, a positive number.</param>
/// <param name="LowFrequencyFactor">l, positive and below u.</param>
/// <param name="HighFrequencyFactor">u.</param>
/// <param name="OriginalLength">L0 in tokens.</param>
public sealed record Llama3RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalLength) : RopeScaling
{
    /// <inheritdoc/>
    public override double Scale(double frequency)
    {
        // L0/λ, the number of turns within the original length.
        var turns = OriginalLength * frequency / (2 * Math.PI);
        if (turns < LowFrequencyFactor)
        {
            return frequency / Factor;
        }

        if (turns > HighFrequencyFactor)
        {
            return frequency;
        }

        var share = (turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return ((1 - share) * frequency / Factor) + (share * frequency);
    }

    internal override IEnumerable<string> Problems()
    {
        if (!double.IsFinite(Factor) || Factor <= 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"rope factor {Factor} must be a positive number");
        }

        if (!double.IsFinite(HighFrequencyFactor) || !(LowFrequencyFactor > 0) || !(LowFrequencyFactor < HighFrequencyFactor))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"low_freq_factor {LowFrequencyFactor} must be positive and below high_freq_factor {HighFrequencyFactor}");
        }

        if (OriginalLength < 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"original_max_position_embeddings {OriginalLength} must be positive");
        }
    }
}
