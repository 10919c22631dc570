namespace Telecom.Sdk.Metrics;

/// <summary>Statistics of plain samples, for reports.</summary>
public static class SampleStatistics
{
    /// <returns>The arithmetic mean.</returns>
    /// <exception cref="ArgumentException">There are no samples: an empty mean is an error, never NaN in a report.</exception>
    public static double Mean(ReadOnlySpan<double> samples)
    {
        ThrowIfEmpty(samples);
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += sample;
        }

        return sum / samples.Length;
    }

    /// <param name="samples">Any order; not changed.</param>
    /// <param name="probability">0 to 1; 0.5 is the median.</param>
    /// <returns>The quantile by linear interpolation between order statistics (type 7, the default of NumPy and R).</returns>
    public static double Quantile(ReadOnlySpan<double> samples, double probability)
    {
        ThrowIfEmpty(samples);
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1.0);
        var sorted = samples.ToArray();
        Array.Sort(sorted);
        var position = probability * (sorted.Length - 1);
        var below = (int)position;

        // No interpolation where none is needed: an infinite neighbour would make it NaN.
        return position == below ? sorted[below] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }

    private static void ThrowIfEmpty(ReadOnlySpan<double> samples)
    {
        if (samples.IsEmpty)
        {
            throw new ArgumentException("There are no samples.", nameof(samples));
        }
    }
}
