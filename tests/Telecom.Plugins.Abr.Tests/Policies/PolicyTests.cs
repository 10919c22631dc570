using FsCheck;
using FsCheck.Fluent;
using Telecom.Plugins.Abr.Policies;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;

namespace Telecom.Plugins.Abr.Tests.Policies;

public sealed class PolicyTests
{
    [Theory]
    [InlineData("bba", 4.999, 0)]
    [InlineData("bba", 5, 0)]
    [InlineData("bba", 6.999, 0)]
    [InlineData("bba", 7, 1)]
    [InlineData("bba", 14.999, 4)]
    [InlineData("bba", 15, 5)]
    [InlineData("bola", 32.076, 0)]
    [InlineData("bola", 32.078, 1)]
    [InlineData("bola", 37.512, 1)]
    [InlineData("bola", 37.514, 2)]
    [InlineData("bola", 40.832, 2)]
    [InlineData("bola", 40.834, 3)]
    [InlineData("bola", 43.993, 3)]
    [InlineData("bola", 43.995, 4)]
    [InlineData("bola", 47.086, 4)]
    [InlineData("bola", 47.088, 5)]
    [InlineData("bola-g2q40", 10.725, 0)]
    [InlineData("bola-g2q40", 10.727, 1)]
    [InlineData("bola-g2q40", 26.582, 4)]
    [InlineData("bola-g2q40", 26.584, 5)]
    public async Task Buffer_policies_change_levels_at_the_published_thresholds(string policy, double bufferSeconds, int level)
    {
        var video = await Samples.SampleVideoAsync();

        Assert.Equal(level, Samples.Policy(policy).Decide(Point(video, [], chunk: 5, last: 0, bufferSeconds)));
    }

    [Theory]
    [InlineData(299, 0)]
    [InlineData(300, 0)]
    [InlineData(749, 0)]
    [InlineData(750, 1)]
    [InlineData(2850, 4)]
    [InlineData(100000, 5)]
    public async Task Rate_picks_the_highest_level_below_the_throughput(double kbps, int level)
    {
        var played = new PlayedChunk { Chunk = 0, Level = 0, SizeBytes = kbps * 1000 / 8, DelayMs = 1000 };

        Assert.Equal(level, new RateBased().Decide(Point(await Samples.SampleVideoAsync(), [played], 1, 0, 4)));
    }

    [Fact]
    public async Task Rate_averages_the_last_five_harmonically()
    {
        // 5 / (4/4 + 1/0.25) = 1 Mbit/s; the sixth value back does not count.
        var video = await Samples.SampleVideoAsync();
        PlayedChunk[] played = [.. new[] { 0.001, 4, 4, 4, 4, 0.25 }.Select(Chunk)];

        Assert.Equal(1000, Throughput.HarmonicMeanKbps(played), 1e-9);
        Assert.Equal(1, new RateBased().Decide(Point(video, played, 6, 0, 4)));
    }

    [Fact]
    public void The_robust_estimate_is_that_of_lists_that_are_kept()
    {
        var throughputs = Gen.Choose(1, 5000).Select(value => value / 1000.0).NonEmptyListOf().Select(list => list.Take(48).ToArray()).ToArbitrary();
        Prop.ForAll(throughputs, values =>
        {
            PlayedChunk[] played = [.. values.Select(Chunk)];
            var kept = new KeptLists();
            for (var n = 1; n <= played.Length; n++)
            {
                Assert.Equal(kept.Next(played[..n]), RobustEstimate.Compute(played.AsSpan(0, n), []));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_published_planner_keeps_its_lists_through_sessions()
    {
        var random = new System.Random(11);
        var kept = new KeptLists();
        PlayedChunk[] earlier = [];
        for (var session = 0; session < 4; session++)
        {
            PlayedChunk[] played = [.. Enumerable.Range(0, 48).Select(_ => Chunk(0.1 + random.NextDouble()))];
            for (var n = 1; n <= played.Length; n++)
            {
                // The published code also asks after the last chunk, which leaves its mark on the next session.
                Assert.Equal(kept.Next(played[..n]), RobustEstimate.Compute(played.AsSpan(0, n), earlier));
            }

            earlier = played;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_planner_finds_what_enumerating_all_plans_finds(bool isJumpLimited)
    {
        var video = await Samples.SampleVideoAsync();
        var policy = new ModelPredictive(isJumpLimited);
        var random = new System.Random(3);
        for (var i = 0; i < 400; i++)
        {
            var chunk = random.Next(1, 48);
            PlayedChunk[] played = [.. Enumerable.Range(0, Math.Min(chunk, 10)).Select(_ => Chunk(0.1 + (5 * random.NextDouble() * random.NextDouble())))];
            var point = Point(video, played, chunk, random.Next(6), 4 + (random.NextDouble() * (i % 2 == 0 ? 8 : 56)));
            Assert.Equal(Enumerated(point, isJumpLimited), policy.Decide(point));
        }
    }

    [Fact]
    public void Equal_plans_go_to_the_lexicographically_last()
    {
        // Levels 1 and 2 cost and bring the same: a step up by x pays x and is paid x. With any amount of buffer all plans that never step down tie.
        var video = new PlayableVideo(new()
        {
            Name = "tie",
            BitratesKbps = new double[] { 1000, 2000, 3000 },
            ChunkMilliseconds = 4000,
            ChunksPlayed = 2,
            SizesBytes = new[] { 10, 20, 30, 10, 20, 30 },
        });

        // One chunk left: 1000 - 0 = 2000 - 1000 = 3000 - 2000.
        Assert.Equal(2, new ModelPredictive().Decide(Point(video, [Chunk(8)], 1, 0, 50)));
        Assert.Equal(1, new ModelPredictive(isJumpLimited: true).Decide(Point(video, [Chunk(8)], 1, 0, 50)));
    }

    [Fact]
    public async Task Nothing_is_planned_after_the_last_chunk()
    {
        Assert.Equal(0, new ModelPredictive().Decide(Point(await Samples.SampleVideoAsync(), [Chunk(50)], 48, 5, 60)));
    }

    [Fact]
    public async Task Compatibility_turns_mpc_into_the_published_planner()
    {
        var video = await Samples.SampleVideoAsync();
        var link = Samples.Constant(2.3);
        var plain = Samples.Session(link, video);
        var published = Samples.Session(link, video, profile: AbrProfile.NetLlm with { IsPublishedPlanner = true });
        var jump = Samples.Session(link, video);

        plain.Play(Samples.Policy("mpc"));
        published.Play(Samples.Policy("mpc"));
        jump.Play(Samples.Policy("mpc-jump"));

        Assert.Equal(jump.Summarise().LevelString, published.Summarise().LevelString);
        Assert.NotEqual(plain.Summarise().LevelString, published.Summarise().LevelString);
    }

    // The planner as the specification states it, without sharing, bounds or order of its own.
    private static int Enumerated(DecisionPoint point, bool isJumpLimited)
    {
        var length = Math.Min(5, point.Video.Chunks - point.Chunk);
        var capacity = new KeptLists().Last(point.Played.ToArray());
        var (best, first) = (double.NegativeInfinity, -1);
        for (var code = 0; code < Math.Pow(6, length); code++)
        {
            var plan = new int[length];
            for (int i = length - 1, rest = code; i >= 0; i--, rest /= 6)
            {
                plan[i] = rest % 6;
            }

            if (isJumpLimited && plan.Select((level, i) => Math.Abs(level - (i == 0 ? 0 : plan[i - 1]))).Skip(1).Append(Math.Abs(plan[0] - point.LastLevel)).Max() > 1)
            {
                continue;
            }

            var value = Value(point, plan, capacity, isJumpLimited ? 1 : 0);
            if (value >= best)
            {
                (best, first) = (value, plan[0]);
            }
        }

        return first;
    }

    private static double Value(DecisionPoint point, int[] plan, double capacity, int late)
    {
        var (buffer, last, bitrate, rebuffer, change) = (point.BufferSeconds, point.LastLevel, 0.0, 0.0, 0.0);
        for (var i = 0; i < plan.Length; i++)
        {
            var seconds = point.Video.SizesBytes(point.Chunk + i + late)[plan[i]] / 1e6 / capacity;
            rebuffer += Math.Max(seconds - buffer, 0);
            buffer = Math.Max(buffer - seconds, 0) + 4;
            bitrate += point.Video.BitratesKbps[plan[i]];
            change += Math.Abs(point.Video.BitratesKbps[plan[i]] - point.Video.BitratesKbps[last]);
            last = plan[i];
        }

        return (bitrate / 1000) - (4.3 * rebuffer) - (change / 1000);
    }

    private static PlayedChunk Chunk(double mbps) => new() { Chunk = 0, Level = 0, SizeBytes = mbps * 125_000, DelayMs = 1000 };

    private static DecisionPoint Point(PlayableVideo video, ReadOnlySpan<PlayedChunk> played, int chunk, int last, double bufferSeconds) => new()
    {
        Video = video,
        Profile = AbrProfile.NetLlm,
        Chunk = chunk,
        LastLevel = last,
        BufferSeconds = bufferSeconds,
        Played = played,
    };

    // Estimates and errors in lists that grow, as the published code keeps them.
    private sealed class KeptLists
    {
        private readonly List<double> errors = [];
        private double? estimate;

        public double Next(PlayedChunk[] played)
        {
            var measured = played[^1].SizeBytes / played[^1].DelayMs / 1000;
            errors.Add(estimate is { } before ? Math.Abs(before - measured) / measured : 0);
            var latest = played.TakeLast(5).ToArray();
            estimate = latest.Length / latest.Sum(chunk => 1 / (chunk.SizeBytes / chunk.DelayMs / 1000));
            return estimate.Value / (1 + errors.TakeLast(5).Max());
        }

        public double Last(PlayedChunk[] played)
        {
            var latest = 0.0;
            for (var n = 1; n <= played.Length; n++)
            {
                latest = Next(played[..n]);
            }

            return latest;
        }
    }
}
