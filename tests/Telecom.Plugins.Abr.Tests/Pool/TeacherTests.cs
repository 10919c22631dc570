using Telecom.Datasets.Abr;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;

namespace Telecom.Plugins.Abr.Tests.Pool;

/// <summary>Scores of levels, and sessions that differ from the data.</summary>
public sealed class TeacherTests
{
    [Fact]
    public async Task A_rollout_scores_a_level_by_what_the_rule_goes_on_to_earn()
    {
        var video = await Samples.SampleVideoAsync();
        var link = Samples.Link((0, 1), (20, 3), (60, 0.4), (90, 2), (200, 1));
        var session = Samples.Session(link, video).Play(0, 1, 3, 3, 2, 4);
        var scores = new float[6];

        Assert.True(new BehaviourSpec("mpc+rollout").Create(new()).TryScore(session, scores));

        for (var level = 0; level < 6; level++)
        {
            var replay = Samples.Session(link, video).Play(0, 1, 3, 3, 2, 4, level);
            replay.Play(Samples.Policy("mpc"));
            var earned = replay.CopyLog()[6..].Sum(chunk => chunk.Reward);

            // A float holds seven digits of a sum of some tens.
            Assert.Equal(earned, scores[level], 1e-4);
        }

        Assert.Equal(6, session.State.Chunk);
    }

    [Fact]
    public async Task Rules_and_plans_dismiss_every_level_but_their_own_and_exploration_does_not_change_it()
    {
        var session = Samples.Session(Samples.Constant(), await Samples.SampleVideoAsync()).Play(0, 2, 2);
        foreach (var name in new[] { "mpc", "bola", "hindsight" })
        {
            var scores = new float[6];
            var explored = new BehaviourSpec(name + "~uniform:1").Create(new());

            Assert.True(explored.TryScore(session, scores));

            var own = new BehaviourSpec(name).Create(new()).Decide(session, new Random(1));
            Assert.Equal(0, scores[own]);
            Assert.All(scores.Where((_, level) => level != own), score => Assert.Equal(-16, score));
        }

        Assert.False(new BehaviourSpec("uniform").Create(new()).TryScore(session, new float[6]));
    }

    [Fact]
    public async Task Scores_stand_beside_the_records_and_survive_a_file()
    {
        using var folder = new TemporaryFolder();
        var pool = await CollectAsync(new() { Behaviours = [new("mpc+rollout~near:0.2"), new("uniform")], StartsPerTrace = 1, HasScores = true });
        var path = Path.Combine(folder.Path, "pool.bin");

        PoolFile.Write(path, pool);
        var read = PoolFile.Read(path);

        Assert.Equal(pool.LevelScores, read.LevelScores);
        Assert.Equal(pool.Count * 6, read.LevelScores!.Length);
        Assert.Equal(6, read.Scores(0).Length);
        Assert.True(read.Scores(pool.Count - 1).IsEmpty);
    }

    [Fact]
    public async Task A_pool_of_the_first_layout_is_still_read()
    {
        using var folder = new TemporaryFolder();
        var pool = await CollectAsync(new() { Behaviours = [new("bba")], StartsPerTrace = 1 });
        var path = Path.Combine(folder.Path, "pool.bin");
        PoolFile.Write(path, pool);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var version = bytes.AsSpan().IndexOf("\"version\":2"u8);
        bytes[version + 10] = (byte)'1';
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var read = PoolFile.Read(path);

        Assert.Equal(pool.States, read.States);
        Assert.Null(read.LevelScores);
    }

    [Fact]
    public async Task Varied_sessions_differ_in_trace_and_video_by_seed_and_say_so()
    {
        var plan = new PoolPlan
        {
            Behaviours = [new("fixed0")],
            StartsPerTrace = 2,
            Variation = new() { TraceShare = 1, RateSpread = 0.6, VideoShare = 1, SmallestSize = 0.85, LargestSize = 1.45, ChunkSpread = 0.15 },
        };

        var varied = await CollectAsync(plan);
        var again = await CollectAsync(plan with { Parallelism = 1 });
        var other = await CollectAsync(plan with { Seed = 2 });
        var plain = await CollectAsync(plan with { Variation = SessionVariation.None });

        Assert.Equal(varied.States, again.States);
        Assert.NotEqual(varied.States, other.States);
        Assert.NotEqual(varied.States, plain.States);
        Assert.Contains("0.85", varied.Sources[0].Variation, StringComparison.Ordinal);
        Assert.Null(plain.Sources[0].Variation);
    }

    [Fact]
    public async Task A_varied_session_keeps_its_ladder_and_stays_within_its_factors()
    {
        var video = await Samples.SampleVideoAsync();
        var spec = new SessionSpec(Samples.Constant(), video, 1, 0);
        var variation = new SessionVariation { TraceShare = 1, RateSpread = 0.6, VideoShare = 1, SmallestSize = 0.85, LargestSize = 1.45, ChunkSpread = 0.15 };
        var (least, most) = (0.85 * Math.Exp(-0.15), 1.45 * Math.Exp(0.15));
        for (var seed = 0; seed < 50; seed++)
        {
            var varied = variation.Apply(spec, new Random(seed));

            Assert.Equal(video.BitratesKbps.ToArray(), varied.Video.BitratesKbps.ToArray());
            Assert.InRange(varied.Timeline.BytesPerSecond[1] / spec.Timeline.BytesPerSecond[1], Math.Exp(-0.6), Math.Exp(0.6));
            var shift = Enumerable.Range(0, video.Chunks).First(candidate => Enumerable.Range(0, video.Chunks).All(chunk =>
                varied.Video.SizesBytes(chunk)[5] / video.SizesBytes((chunk + candidate) % video.Chunks)[5] is var ratio
                && ratio >= least - 1e-3 && ratio <= most + 1e-3));
            Assert.InRange(shift, 0, video.Chunks - 1);
        }
    }

    private static async Task<ExperiencePool> CollectAsync(PoolPlan plan)
    {
        var token = TestContext.Current.CancellationToken;
        var traces = await new SynthDataset().ReadAsync(new() { Split = "test" }, token).Take(2).ToListAsync(token);
        return PoolCollector.Collect(
            plan, [.. traces.Select(trace => new LinkTimeline(trace))], [await Samples.SampleVideoAsync()], AbrProfile.NetLlm, null, token);
    }
}
