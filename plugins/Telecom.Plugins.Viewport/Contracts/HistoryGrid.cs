using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>Brings irregular samples onto the uniform grid that ends at the last sample.</summary>
internal static class HistoryGrid
{
    /// <summary>Grid of served requests in hertz.</summary>
    public const double RateHz = 5.0;

    /// <summary>Samples that a history holds at most.</summary>
    public const int MaximumSamples = 100;

    /// <summary>A pause longer than this cuts the history: what lies before it says little about now.</summary>
    public const double MaximumGapSeconds = 0.5;

    // Differences of clock readings carry rounding: 1.1 - 0.6 is not a longer pause than 0.5 s.
    private const double ClockSlackSeconds = 1e-6;

    /// <summary>Interpolates between neighbouring samples, along the shorter arc for roll and yaw.</summary>
    /// <param name="samples">At least one sample with strictly increasing times and valid angles.</param>
    /// <returns>
    /// [n, 3] float32 degrees, oldest first, 1 ≤ n ≤ 100; the last row is the last sample. The oldest row may lie up to half a step before the first
    /// sample that counts, whose value it then takes: ten samples of a jittering 5 Hz clock are ten rows.
    /// </returns>
    public static float[] Resample(IReadOnlyList<ViewportSampleDocument> samples)
    {
        var first = AfterLastGap(samples);
        var last = samples[^1].T;
        var rows = (int)Math.Min(MaximumSamples, Math.Round((last - samples[first].T) * RateHz) + 1);
        var history = new float[rows * ViewportRequest.Axes];
        var right = samples.Count - 1;
        for (var row = rows - 1; row >= 0; row--)
        {
            var time = last - ((rows - 1 - row) / RateHz);
            while (right > first + 1 && samples[right - 1].T >= time)
            {
                right--;
            }

            Interpolate(samples[Math.Max(first, right - 1)], samples[right], time, history.AsSpan(row * ViewportRequest.Axes));
        }

        return history;
    }

    private static int AfterLastGap(IReadOnlyList<ViewportSampleDocument> samples)
    {
        for (var i = samples.Count - 1; i > 0; i--)
        {
            if (samples[i].T - samples[i - 1].T > MaximumGapSeconds + ClockSlackSeconds)
            {
                return i;
            }
        }

        return 0;
    }

    private static void Interpolate(ViewportSampleDocument left, ViewportSampleDocument right, double time, Span<float> row)
    {
        var span = right.T - left.T;
        var weight = span > 0 ? Math.Clamp((time - left.T) / span, 0.0, 1.0) : 1.0;
        row[0] = (float)AlongShorterArc(left.Roll, right.Roll, weight);
        row[1] = (float)double.Lerp(left.Pitch, right.Pitch, weight);
        row[2] = (float)AlongShorterArc(left.Yaw, right.Yaw, weight);
    }

    private static double AlongShorterArc(double from, double to, double weight) => Angles.Wrap(from + (weight * Angles.Wrap(to - from)));
}
