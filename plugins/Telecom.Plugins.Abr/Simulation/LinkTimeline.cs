using System.Globalization;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Simulation;

/// <summary>A bandwidth trace as the simulator uses it: checked, in bytes per second, with running sums for the fast path.</summary>
/// <remarks>Immutable; share one instance between all sessions on the trace. After its last point a trace goes on at time 0 with segment 1.</remarks>
internal sealed class LinkTimeline
{
    private const double BytesPerMegabit = 125_000.0;

    private readonly double[] timesSeconds;
    private readonly double[] bytesPerSecond;
    private readonly Lazy<double[]> cumulativeBytes;

    /// <param name="trace">The trace.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: no download on it could end, or it is no trace at all.</exception>
    public LinkTimeline(ThroughputTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Trace = trace;
        timesSeconds = trace.TimesSeconds.ToArray();
        bytesPerSecond = Array.ConvertAll(trace.CapacityMbps.ToArray(), static mbps => mbps * BytesPerMegabit);
        Check();
        cumulativeBytes = new(Accumulate);
    }

    /// <summary>The trace.</summary>
    public ThroughputTrace Trace { get; }

    /// <summary>Points n; segments are 1 to n − 1.</summary>
    public int Points => timesSeconds.Length;

    /// <summary>End of each segment in s, [n].</summary>
    public ReadOnlySpan<double> TimesSeconds => timesSeconds;

    /// <summary>Capacity of each segment in bytes per s, [n]; index 0 is never used.</summary>
    public ReadOnlySpan<double> BytesPerSecond => bytesPerSecond;

    /// <summary>Bytes of capacity from time 0 to the end of each segment, [n], on a pass that starts at time 0.</summary>
    public ReadOnlySpan<double> CumulativeBytes => cumulativeBytes.Value;

    /// <summary>Throws unless a session can start there.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>.</exception>
    public void RequireStart(int startPointer)
    {
        if (startPointer < 1 || startPointer >= Points)
        {
            throw Rejected($"the start pointer must be from 1 to {Points - 1}, but is {startPointer}");
        }
    }

    private void Check()
    {
        if (timesSeconds.Length < 2 || bytesPerSecond.Length != timesSeconds.Length)
        {
            throw Rejected($"it must have at least two points of time and capacity, but has {timesSeconds.Length} times and {bytesPerSecond.Length} capacities");
        }

        var isUsable = false;
        for (var i = 0; i < timesSeconds.Length; i++)
        {
            var isTimeValid = double.IsFinite(timesSeconds[i]) && timesSeconds[i] >= 0 && (i == 0 || timesSeconds[i] > timesSeconds[i - 1]);
            if (!isTimeValid || !double.IsFinite(bytesPerSecond[i]) || bytesPerSecond[i] < 0)
            {
                throw Rejected($"point {i} must be later than the one before and have a capacity of 0 or above");
            }

            isUsable |= i > 0 && bytesPerSecond[i] > 0;
        }

        if (!isUsable)
        {
            throw Rejected($"every segment has capacity 0, so that no download would ever end");
        }
    }

    private double[] Accumulate()
    {
        var sums = new double[timesSeconds.Length];
        for (var i = 1; i < sums.Length; i++)
        {
            sums[i] = sums[i - 1] + (bytesPerSecond[i] * (timesSeconds[i] - (i == 1 ? 0 : timesSeconds[i - 1])));
        }

        return sums;
    }

    private TelecomException Rejected(FormattableString what) =>
        new(ErrorCode.DataRejected, $"Trace '{Trace.Name}' cannot be played: {what.ToString(CultureInfo.InvariantCulture)}.");
}
