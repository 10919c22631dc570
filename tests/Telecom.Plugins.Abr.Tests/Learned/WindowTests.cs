using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Methods.Learned;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Methods;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>Windows of pools and of requests, and the returns in them.</summary>
public sealed class WindowTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(47)]
    [InlineData(60)]
    public async Task Windows_never_cross_a_session(int window)
    {
        var pool = await PoolAsync();
        var windows = new PoolWindows(pool, Recipe(pool, window));
        var random = new Random(2);
        var seen = new HashSet<int>();

        for (var example = 0; example < 2000; example++)
        {
            var start = windows.Draw(example % 50, 50, random);
            Assert.Equal(start / 47, (start + windows.Steps - 1) / 47);
            seen.UnionWith(Enumerable.Range(start, windows.Steps));
        }

        Assert.Equal(Math.Min(window, 47), windows.Steps);
        Assert.Equal(pool.Count, seen.Count);
    }

    [Fact]
    public async Task A_running_session_sees_what_its_records_showed()
    {
        // The pool holds the session itself, and a target that is its own return makes the returns agree.
        var video = await Samples.SampleVideoAsync();
        var session = Samples.Session(Samples.Constant(), video);
        session.Play(Samples.Policy("bba"));
        var builder = new PoolBuilder(6);
        builder.Add(video, session.Played);
        var pool = builder.Build(0);
        var recipe = Recipe(pool, window: 5);
        var windows = new PoolWindows(pool, recipe);

        foreach (var chunk in new[] { 1, 3, 5, 20, 47 })
        {
            var live = RequestWindow.Of([At(session, chunk)], recipe);
            var first = Math.Max(0, chunk - 5);
            var recorded = windows.Of([Math.Min(first, 42)]);
            for (var step = 0; step < live.Steps; step++)
            {
                var other = first + step - Math.Min(first, 42);
                Assert.Equal(recorded.State(0, other).ToArray(), live.State(0, step).ToArray());
                Assert.Equal(recorded.TimeSteps[other], live.TimeSteps[step]);
                Assert.Equal(recorded.Returns[other], live.Returns[step], 1e-5);
                Assert.Equal(step == live.Steps - 1 ? 0 : recorded.Actions[other], live.Actions[step]);
            }
        }
    }

    [Fact]
    public async Task G6_a_running_session_takes_earned_rewards_off_its_target()
    {
        // r̂ of 0.75 is 0.859375, of −9 (clipped to −2) it is 0; the reward of chunk 0 counts for nothing.
        var scale = ReturnToGo.Of([0.75f, -2f, 1.2f, 0.3f], [false, false, false, true], ReturnScaling.Reference);
        var video = await Samples.SampleVideoAsync();
        PlayedChunk[] played = [Chunk(0, -50), Chunk(1, 0.75), Chunk(2, -9)];
        var request = new AbrRequest
        {
            Video = video,
            Profile = AbrProfile.NetLlm,
            Chunk = 3,
            LastLevel = 1,
            BufferSeconds = 8,
            Played = played,
        };

        var batch = RequestWindow.Of([request], Recipe(scale, window: 20));
        var half = RequestWindow.Of([request with { TargetScale = 0.5 }], Recipe(scale, window: 2));

        AssertClose([0.002578125, 0.00171875, 0.00171875], batch.Returns);
        AssertClose([0.0004296875, 0.0004296875], half.Returns);
        Assert.Equal([0, 1, 2], batch.TimeSteps);
    }

    [Fact]
    public async Task A_history_of_downloads_gives_a_single_step_at_the_pace_of_the_target()
    {
        var pool = await PoolAsync();
        var session = Samples.Session(Samples.Constant(), await Samples.SampleVideoAsync());
        session.Play(Samples.Policy("bba"));
        var full = At(session, 24);
        var bare = full with
        {
            HasContext = false,
            Played = full.Played.ToArray()[^6..].Select(chunk => new PlayedChunk
            {
                Chunk = chunk.Chunk,
                Level = -1,
                SizeBytes = chunk.SizeBytes,
                DelayMs = chunk.DelayMs,
            }).ToArray(),
        };
        var recipe = Recipe(pool, window: 5);

        var (known, unknown) = (RequestWindow.Of([full], recipe), RequestWindow.Of([bare], recipe));

        Assert.Equal((5, 1), (known.Steps, unknown.Steps));
        Assert.Equal(23, unknown.TimeSteps[0]);
        Assert.Equal(24 / 47.0, unknown.Returns[0], 1e-6);

        // Rows without history in the tokens hold their newest value only where the history is unknown.
        for (var row = 0; row < 6; row++)
        {
            Assert.Equal(known.State(0, 4)[(row * 6) + 5], unknown.State(0, 0)[(row * 6) + 5]);
        }

        Assert.Equal(known.State(0, 4)[12..30].ToArray(), unknown.State(0, 0)[12..30].ToArray());
    }

    private static PlayedChunk Chunk(int chunk, double reward) =>
        new() { Chunk = chunk, Level = 1, SizeBytes = 4e5, DelayMs = 900, BufferSeconds = 8, Reward = reward };

    private static AbrRequest At(PlaySession session, int chunk) => new()
    {
        Video = session.Spec.Video,
        Profile = AbrProfile.NetLlm,
        Chunk = chunk,
        LastLevel = session.Played[chunk - 1].Level,
        BufferSeconds = session.Played[chunk - 1].BufferSeconds,
        Played = session.CopyLog().AsMemory(0, chunk),
    };

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    private static PolicyRecipe Recipe(ExperiencePool pool, int window) =>
        Recipe(ReturnToGo.Of(pool.Rewards, pool.Done, ReturnScaling.Unit), window);

    private static PolicyRecipe Recipe(ReturnToGo returns, int window) =>
        PolicyRecipe.From(new MethodSetup(LearnedLab.SettingsOf("adapted", []), 64)) with { Returns = returns, Window = window };

    private static async Task<ExperiencePool> PoolAsync()
    {
        var video = await Samples.SampleVideoAsync();
        var builder = new PoolBuilder(6);
        foreach (var mbps in new[] { 0.6, 1.5, 3.0 })
        {
            var session = Samples.Session(Samples.Constant(mbps), video);
            session.Play(Samples.Policy("bba"));
            builder.Add(video, session.Played);
        }

        return builder.Build(0);
    }
}
