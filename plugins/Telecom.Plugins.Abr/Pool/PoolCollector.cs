using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Telecom.Plugins.Abr.Hindsight;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Plays behaviours over traces and records their decisions. The result depends on the plan and the data alone, not on the parallelism.</summary>
internal static class PoolCollector
{
    /// <param name="plan">What is played.</param>
    /// <param name="links">Traces, all of one set.</param>
    /// <param name="videos">Videos with the same number of levels.</param>
    /// <param name="profile">Player, link, metric and noise.</param>
    /// <param name="progress">Told after every session.</param>
    /// <param name="cancellationToken">Looked at before every session.</param>
    public static ExperiencePool Collect(
        PoolPlan plan,
        IReadOnlyList<LinkTimeline> links,
        IReadOnlyList<PlayableVideo> videos,
        AbrProfile profile,
        IProgress<ProgressReport>? progress,
        CancellationToken cancellationToken)
    {
        var builder = new PoolBuilder(profile.HistoryLength);
        var traces = Hash(links);
        var starts = Starts(plan.Seed, plan.StartsPerTrace, links);
        var (done, total) = (0, plan.Behaviours.Count * videos.Count * starts.Count);
        foreach (var behaviour in plan.Behaviours)
        {
            foreach (var video in videos)
            {
                var first = done;
                var specs = starts.Select((start, i) => new SessionSpec(links[start.Trace], video, start.Pointer, first + i)).ToArray();
                foreach (var (played, log, scores) in Play(behaviour, specs, plan, profile, Report, cancellationToken))
                {
                    builder.Add(played, log, scores);
                }

                builder.EndSource(Source(behaviour, links, traces, video, plan, profile));
            }
        }

        return builder.Build(plan.FloorQuantile);

        void Report() => progress?.Report(new("collecting experience", Interlocked.Increment(ref done), total));
    }

    private static (PlayableVideo Video, PlayedChunk[] Log, float[] Scores)[] Play(
        BehaviourSpec behaviour, SessionSpec[] specs, PoolPlan plan, AbrProfile profile, Action played, CancellationToken cancellationToken)
    {
        var logs = new (PlayableVideo Video, PlayedChunk[] Log, float[] Scores)[specs.Length];
        using var planners = new ThreadLocal<HindsightPlanner>(() => new());
        var options = new ParallelOptions { MaxDegreeOfParallelism = plan.Parallelism, CancellationToken = cancellationToken };
        Parallel.For(0, specs.Length, options, i =>
        {
            var random = new Random(HashCode(plan.Seed, specs[i].Index));
            var session = new PlaySession(plan.Variation.Apply(specs[i], random), profile, plan.Seed);
            var decides = behaviour.Create(planners.Value!);
            var levels = specs[i].Video.Levels;
            var scores = new float[plan.HasScores ? (specs[i].Video.Chunks - 1) * levels : 0];
            session.Step(profile.FirstLevel);
            while (!session.IsDone)
            {
                if (plan.HasScores)
                {
                    var row = scores.AsSpan((session.State.Chunk - 1) * levels, levels);
                    if (!decides.TryScore(session, row))
                    {
                        row.Fill(float.NaN);
                    }
                }

                session.Step(decides.Decide(session, random));
            }

            logs[i] = (session.Spec.Video, session.CopyLog(), scores);
            played();
        });
        return logs;
    }

    /// <summary>Draws where sessions start.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="perTrace">Starts per trace: that of the data set where it names one, then random ones.</param>
    /// <param name="links">The traces.</param>
    public static IReadOnlyList<(int Trace, int Pointer)> Starts(int seed, int perTrace, IReadOnlyList<LinkTimeline> links)
    {
        var starts = new List<(int Trace, int Pointer)>();
        for (var trace = 0; trace < links.Count; trace++)
        {
            var random = new Random(HashCode(seed, ~trace));
            for (var start = 0; start < perTrace; start++)
            {
                var drawn = random.Next(1, links[trace].Points);
                starts.Add((trace, start == 0 ? links[trace].Trace.StartPointer ?? drawn : drawn));
            }
        }

        return starts;
    }

    private static PoolSource Source(
        BehaviourSpec behaviour, IReadOnlyList<LinkTimeline> links, string traces, PlayableVideo video, PoolPlan plan, AbrProfile profile) => new()
        {
            Policy = behaviour.Text,
            Set = links[0].Trace.Set,
            TracesSha256 = traces,
            Video = video.Name,
            VideoSha256 = Hash(video),
            Seed = plan.Seed,
            DelayNoise = profile.DelayNoise,
            StartsPerTrace = plan.StartsPerTrace,
            Variation = plan.Variation.Description,
            Records = 0,
        };

    // Equal on every run and machine, unlike System.HashCode.
    private static int HashCode(int seed, int part)
    {
        unchecked
        {
            var mixed = ((uint)seed * 0x9E3779B1u) ^ ((uint)part * 0x85EBCA77u);
            mixed ^= mixed >> 15;
            return (int)(mixed * 0xC2B2AE3Du);
        }
    }

    private static string Hash(IReadOnlyList<LinkTimeline> links)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var link in links)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(link.Trace.Name));
            hash.AppendData(MemoryMarshal.AsBytes(link.TimesSeconds));
            hash.AppendData(MemoryMarshal.AsBytes(link.BytesPerSecond));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(PlayableVideo video)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(video.BitratesKbps));
        for (var row = 0; row < video.Rows; row++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(video.SizesBytes(row)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
