namespace Telecom.Plugins.Abr.Simulation;

/// <summary>Figures of one finished session. Means and totals marked "scored" leave chunk 0 out, whose delay is the start-up time.</summary>
internal sealed record SessionSummary
{
    /// <summary>Mean reward of the scored chunks: the session's QoE.</summary>
    public required double Qoe { get; init; }

    /// <summary>Mean nominal bitrate of the scored chunks in Mbit/s.</summary>
    public required double BitrateMbps { get; init; }

    /// <summary>Mean rebuffering of the scored chunks in s.</summary>
    public required double RebufferSeconds { get; init; }

    /// <summary>Mean change of bitrate of the scored chunks in Mbit/s.</summary>
    public required double SmoothnessMbps { get; init; }

    /// <summary>Rebuffering of all scored chunks in s.</summary>
    public required double RebufferTotalSeconds { get; init; }

    /// <summary>Delay of chunk 0 in ms.</summary>
    public required double FirstDelayMs { get; init; }

    /// <summary>Delay of all chunks in ms.</summary>
    public required double DelayTotalMs { get; init; }

    /// <summary>Pauses after all chunks in ms.</summary>
    public required double SleepTotalMs { get; init; }

    /// <summary>Buffer after the last chunk in s.</summary>
    public required double FinalBufferSeconds { get; init; }

    /// <summary>Level of every chunk.</summary>
    public required IReadOnlyList<int> Levels { get; init; }

    /// <summary>Reward of every scored chunk.</summary>
    public required IReadOnlyList<double> Rewards { get; init; }

    /// <summary>Levels as digits; with more than ten levels 10 is a, 11 is b, and so on.</summary>
    public string LevelString => LevelText.Of(Levels);

    /// <param name="played">All chunks of one session, at least two.</param>
    /// <param name="video">Its video.</param>
    /// <param name="profile">Weights of the metric.</param>
    public static SessionSummary Of(ReadOnlySpan<PlayedChunk> played, PlayableVideo video, AbrProfile profile)
    {
        var scored = played.Length - 1;
        var (reward, bitrate, rebuffer, smoothness, delay, sleep) = (0.0, 0.0, 0.0, 0.0, played[0].DelayMs, played[0].SleepMs);
        var rewards = new double[scored];
        var levels = new int[played.Length];
        levels[0] = played[0].Level;
        for (var k = 1; k < played.Length; k++)
        {
            ref readonly var chunk = ref played[k];
            rewards[k - 1] = chunk.Reward;
            levels[k] = chunk.Level;
            reward += chunk.Reward;
            bitrate += video.BitratesKbps[chunk.Level] / 1000;
            rebuffer += chunk.RebufferSeconds;
            smoothness += Math.Abs(video.BitratesKbps[chunk.Level] - video.BitratesKbps[played[k - 1].Level]) / 1000;
            delay += chunk.DelayMs;
            sleep += chunk.SleepMs;
        }

        return new()
        {
            Qoe = reward / scored,
            BitrateMbps = bitrate / scored,
            RebufferSeconds = rebuffer / scored,
            SmoothnessMbps = smoothness / scored,
            RebufferTotalSeconds = rebuffer,
            FirstDelayMs = played[0].DelayMs,
            DelayTotalMs = delay,
            SleepTotalMs = sleep,
            FinalBufferSeconds = played[^1].BufferSeconds,
            Levels = levels,
            Rewards = rewards,
        };
    }
}
