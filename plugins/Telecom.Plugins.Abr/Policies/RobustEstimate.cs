using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>
/// Throughput estimate of RobustMPC (Yin et al., SIGCOMM 2015): the harmonic mean, discounted by the largest relative error of the last five
/// estimates.
/// </summary>
internal static class RobustEstimate
{
    /// <summary>C = H / (1 + max error) in MB/s for the decision after the last chunk of <paramref name="played"/>.</summary>
    /// <param name="played">Chunks of the session so far, at least one.</param>
    /// <param name="earlier">Chunks of the session before it, whose estimates and errors count on; empty when sessions are independent.</param>
    /// <remarks>
    /// The error of a decision compares the estimate before it with what was measured since. Estimates are recomputed from the log, so that nothing has
    /// to be remembered between decisions.
    /// </remarks>
    public static double Compute(ReadOnlySpan<PlayedChunk> played, ReadOnlySpan<PlayedChunk> earlier)
    {
        var largest = 0.0;
        for (var back = 0; back < Throughput.Window; back++)
        {
            // The decision after chunk index known − 1 of this session, then those of the earlier one.
            var known = played.Length - back;
            var error = known > 0 ? Error(played[..known], earlier) : Error(known, earlier);
            largest = Math.Max(largest, error);
        }

        return Throughput.HarmonicMean(played) / (1 + largest);
    }

    private static double Error(ReadOnlySpan<PlayedChunk> known, ReadOnlySpan<PlayedChunk> earlier)
    {
        var before = known.Length > 1 ? known[..^1] : earlier;
        if (before.IsEmpty)
        {
            return 0;
        }

        var measured = known[^1].ThroughputMegabytesPerSecond;
        return Math.Abs(Throughput.HarmonicMean(before) - measured) / measured;
    }

    private static double Error(int known, ReadOnlySpan<PlayedChunk> earlier)
    {
        var length = earlier.Length + known;
        return length > 0 ? Error(earlier[..length], []) : 0;
    }
}
