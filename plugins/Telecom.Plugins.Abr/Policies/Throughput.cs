using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>Throughput estimates from downloads.</summary>
internal static class Throughput
{
    /// <summary>Downloads that an estimate looks back at.</summary>
    public const int Window = 5;

    /// <summary>Harmonic mean n / Σ(1/x) of the last up to five throughputs in MB/s, summed from old to new.</summary>
    /// <param name="played">At least one chunk.</param>
    public static double HarmonicMean(ReadOnlySpan<PlayedChunk> played)
    {
        var latest = played[Math.Max(0, played.Length - Window)..];
        var sum = 0.0;
        foreach (ref readonly var chunk in latest)
        {
            sum += 1 / chunk.ThroughputMegabytesPerSecond;
        }

        return latest.Length / sum;
    }

    /// <summary>Harmonic mean of the last up to five throughputs in kbit/s, 8 · bytes / ms each.</summary>
    /// <param name="played">At least one chunk.</param>
    public static double HarmonicMeanKbps(ReadOnlySpan<PlayedChunk> played)
    {
        var latest = played[Math.Max(0, played.Length - Window)..];
        var sum = 0.0;
        foreach (ref readonly var chunk in latest)
        {
            sum += 1 / (8 * chunk.SizeBytes / chunk.DelayMs);
        }

        return latest.Length / sum;
    }
}
