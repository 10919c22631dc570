using System.Globalization;
using Telecom.Plugins.Abr.Observations;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Collects the records of played sessions.</summary>
/// <param name="history">Columns of history H in an observation.</param>
internal sealed class PoolBuilder(int history)
{
    private readonly List<float> states = [];
    private readonly List<byte> actions = [];
    private readonly List<float> rewards = [];
    private readonly List<bool> done = [];
    private readonly List<float> scores = [];
    private readonly List<PoolSource> sources = [];
    private int width;
    private int levels;
    private bool isJudged;

    /// <summary>Records so far.</summary>
    public int Count => actions.Count;

    /// <summary>Adds the decisions of one finished session.</summary>
    /// <param name="video">Its video.</param>
    /// <param name="played">All of its chunks.</param>
    /// <param name="judged">Scores of all levels at every decision, [played − 1, M], NaN throughout a row without; empty where none has any.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: the video has other levels than those before it.</exception>
    public void Add(PlayableVideo video, ReadOnlySpan<PlayedChunk> played, ReadOnlySpan<float> judged = default)
    {
        if (levels != 0 && levels != video.Levels)
        {
            throw new TelecomException(
                ErrorCode.InvalidInput,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Video '{video.Name}' has {video.Levels} levels, the pool holds sessions with {levels}: build one pool per ladder."));
        }

        (levels, width) = (video.Levels, AbrObservation.Width(history, video.Levels));
        var tensor = new double[AbrObservation.Features * width];
        for (var k = 1; k < played.Length; k++)
        {
            AbrObservation.Write(video, played[..k], history, tensor);
            foreach (var value in tensor)
            {
                states.Add((float)value);
            }

            actions.Add((byte)played[k].Level);
            rewards.Add((float)played[k].Reward);
            done.Add(k == played.Length - 1);
        }

        isJudged |= !judged.IsEmpty;
        for (var i = 0; i < (played.Length - 1) * levels; i++)
        {
            scores.Add(judged.IsEmpty ? float.NaN : judged[i]);
        }
    }

    /// <summary>Says where the records since the last call come from.</summary>
    /// <param name="source">Its number of records is filled in.</param>
    public void EndSource(PoolSource source) =>
        sources.Add(source with { Records = actions.Count - sources.Sum(earlier => earlier.Records) });

    /// <summary>Makes the pool.</summary>
    /// <param name="floorQuantile">
    /// Rewards below this quantile of all rewards are raised to it: one long outage would otherwise squeeze all normalised rewards into a few percent of
    /// their range. 0 for no floor.
    /// </param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: there are no records.</exception>
    public ExperiencePool Build(double floorQuantile)
    {
        if (actions.Count == 0)
        {
            throw new TelecomException(ErrorCode.DataRejected, "The pool is empty: no session was played. Name a set that holds traces.");
        }

        var all = rewards.ToArray();
        double? floor = floorQuantile > 0
            ? SampleStatistics.Quantile(Array.ConvertAll(all, reward => (double)reward), floorQuantile)
            : null;
        if (floor is { } least)
        {
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = Math.Max(all[i], (float)least);
            }
        }

        return new()
        {
            States = [.. states],
            Width = width,
            Levels = levels,
            Actions = [.. actions],
            Rewards = all,
            Done = [.. done],
            LevelScores = isJudged ? [.. scores] : null,
            RewardFloor = floor,
            Sources = [.. sources],
        };
    }
}
