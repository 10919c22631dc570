using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>The highest level whose nominal bitrate does not exceed the harmonic mean of recent throughputs.</summary>
internal sealed class RateBased : IAbrPolicy
{
    public int Decide(in DecisionPoint point)
    {
        if (point.Played.IsEmpty)
        {
            return 0;
        }

        var estimate = Throughput.HarmonicMeanKbps(point.Played);
        var bitrates = point.Video.BitratesKbps;
        var level = bitrates.Length - 1;
        while (level > 0 && bitrates[level] > estimate)
        {
            level--;
        }

        return level;
    }
}
