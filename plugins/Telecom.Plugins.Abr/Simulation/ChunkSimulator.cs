namespace Telecom.Plugins.Abr.Simulation;

/// <summary>
/// The chunk-level player of Pensieve: one trace, one video, one profile. <see cref="Step"/> is a function of the state alone, allocates nothing and
/// may be called from any thread.
/// </summary>
/// <param name="timeline">The link.</param>
/// <param name="video">The video.</param>
/// <param name="profile">Constants of player and link.</param>
/// <param name="isFast">
/// Whether downloads look up running sums instead of walking the trace. Delays then agree within 1e-9 of their size, but not in the last bit, which can
/// flip a planner's tie: leave it off where published figures are compared.
/// </param>
internal sealed class ChunkSimulator(LinkTimeline timeline, PlayableVideo video, AbrProfile profile, bool isFast = false)
{
    /// <summary>The video.</summary>
    public PlayableVideo Video => video;

    /// <summary>Constants of player and link.</summary>
    public AbrProfile Profile => profile;

    /// <summary>The link.</summary>
    public LinkTimeline Timeline => timeline;

    /// <summary>State before chunk 0.</summary>
    /// <param name="startPointer">Segment a session starts in, 1 to n − 1; its start time is that of the point before.</param>
    /// <exception cref="Telecom.Sdk.Errors.TelecomException">The trace has no such segment.</exception>
    public PlaybackState Start(int startPointer)
    {
        timeline.RequireStart(startPointer);
        return new() { Segment = startPointer, PositionSeconds = timeline.TimesSeconds[startPointer - 1] };
    }

    /// <summary>Downloads the next chunk.</summary>
    /// <param name="state">Before and after; its chunk must be below K.</param>
    /// <param name="level">0 to M − 1.</param>
    /// <param name="delayFactor">Noise: the delay is multiplied by it, the trace is not moved.</param>
    public PlayedChunk Step(ref PlaybackState state, int level, double delayFactor = 1)
    {
        var chunk = state.Chunk;
        var size = video.SizesBytes(chunk)[level];
        var seconds = isFast ? DownloadBySums(ref state, size) : Download(ref state, size);
        var delayMs = ((seconds * 1000) + profile.RoundTripMs) * delayFactor;
        var rebufferMs = Math.Max(delayMs - state.BufferMs, 0);
        state.BufferMs = Math.Max(state.BufferMs - delayMs, 0) + video.ChunkMs;
        var sleepMs = state.BufferMs > profile.BufferCapMs ? Drain(ref state) : 0;
        var rebufferSeconds = rebufferMs / 1000;
        var reward = Quality.Reward(video, profile, level, state.LastLevel, rebufferSeconds);
        state.Chunk = chunk + 1;
        state.LastLevel = level;
        return new()
        {
            Chunk = chunk,
            Level = level,
            SizeBytes = size,
            DelayMs = delayMs,
            SleepMs = sleepMs,
            RebufferSeconds = rebufferSeconds,
            BufferSeconds = state.BufferMs / 1000,
            Reward = reward,
        };
    }

    private double Download(ref PlaybackState state, double size)
    {
        var times = timeline.TimesSeconds;
        var rates = timeline.BytesPerSecond;
        var share = profile.PayloadShare;
        var (segment, position) = (state.Segment, state.PositionSeconds);
        var (sent, seconds) = (0.0, 0.0);
        while (true)
        {
            var rate = rates[segment];
            var duration = times[segment] - position;
            var capacity = rate * duration * share;
            if (sent + capacity > size)
            {
                // The order of operations is part of the definition: other orders round differently.
                var rest = (size - sent) / rate / share;
                state.Segment = segment;
                state.PositionSeconds = position + rest;
                return seconds + rest;
            }

            sent += capacity;
            seconds += duration;
            position = times[segment];
            if (++segment >= times.Length)
            {
                (segment, position) = (1, 0);
            }
        }
    }

    private double DownloadBySums(ref PlaybackState state, double size)
    {
        var times = timeline.TimesSeconds;
        var rates = timeline.BytesPerSecond;
        var sums = timeline.CumulativeBytes;
        var wanted = size / profile.PayloadShare;
        var here = rates[state.Segment] * (times[state.Segment] - state.PositionSeconds);
        if (here > wanted)
        {
            var rest = wanted / rates[state.Segment];
            state.PositionSeconds += rest;
            return rest;
        }

        // Behind the current segment the capacity up to the end of segment j is the difference of two running sums.
        var seconds = times[state.Segment] - state.PositionSeconds;
        wanted -= here;
        var before = sums[state.Segment];
        var left = sums[^1] - before;
        if (left <= wanted)
        {
            seconds += times[^1] - times[state.Segment];
            wanted -= left;
            var passes = Math.Floor(wanted / sums[^1]);
            seconds += passes * times[^1];
            wanted -= passes * sums[^1];
            before = 0;
            state.Segment = 0;
        }

        var segment = FirstAbove(sums, state.Segment + 1, before + wanted);
        var start = segment == 1 ? 0 : times[segment - 1];
        var part = (before + wanted - sums[segment - 1]) / rates[segment];
        seconds += start - (state.Segment == 0 ? 0 : times[state.Segment]) + part;
        state.Segment = segment;
        state.PositionSeconds = start + part;
        return seconds;
    }

    // First index from 'low' whose sum is above the target; the caller made sure that there is one.
    private static int FirstAbove(ReadOnlySpan<double> sums, int low, double target)
    {
        var high = sums.Length - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (sums[middle] > target)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    // The player pauses in whole quanta while the trace goes on.
    private double Drain(ref PlaybackState state)
    {
        var times = timeline.TimesSeconds;
        var sleepMs = Math.Ceiling((state.BufferMs - profile.BufferCapMs) / profile.DrainQuantumMs) * profile.DrainQuantumMs;
        state.BufferMs -= sleepMs;
        var restMs = sleepMs;
        while (true)
        {
            var duration = times[state.Segment] - state.PositionSeconds;
            if (duration > restMs / 1000)
            {
                state.PositionSeconds += restMs / 1000;
                return sleepMs;
            }

            restMs -= duration * 1000;
            state.PositionSeconds = times[state.Segment];
            if (++state.Segment >= times.Length)
            {
                (state.Segment, state.PositionSeconds) = (1, 0);
            }
        }
    }
}
