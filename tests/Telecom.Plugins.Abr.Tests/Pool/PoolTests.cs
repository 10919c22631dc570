using Telecom.Datasets.Abr;
using Telecom.Plugins.Abr.Observations;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Tests.Pool;

public sealed class PoolTests
{
    [Fact]
    public async Task A_session_gives_a_record_per_decision_with_what_was_seen_before_it()
    {
        var video = await Samples.SampleVideoAsync();
        var session = Samples.Session(Samples.Constant(), video);
        session.Play(Samples.Policy("bba"));
        var builder = new PoolBuilder(history: 6);

        builder.Add(video, session.Played);
        var pool = builder.Build(floorQuantile: 0);

        Assert.Equal(47, pool.Count);
        Assert.Null(pool.RewardFloor);
        Assert.Equal([46], Enumerable.Range(0, 47).Where(i => pool.Done[i]));
        for (var i = 0; i < pool.Count; i++)
        {
            var tensor = new double[36];
            AbrObservation.Write(video, session.Played[..(i + 1)], 6, tensor);
            Assert.Equal(session.Played[i + 1].Level, pool.Actions[i]);
            Assert.Equal((float)session.Played[i + 1].Reward, pool.Rewards[i]);
            Assert.Equal(tensor.Select(value => (float)value), pool.State(i).ToArray());
        }
    }

    [Fact]
    public async Task A_floor_raises_the_lowest_rewards_and_is_recorded()
    {
        var video = await Samples.SampleVideoAsync();
        var builder = new PoolBuilder(history: 6);
        foreach (var mbps in new[] { 0.2, 2.0, 4.0 })
        {
            var session = Samples.Session(Samples.Constant(mbps), video);
            session.Play(Samples.Policy("fixed3"));
            builder.Add(video, session.Played);
        }

        var free = builder.Build(0);
        var floored = builder.Build(0.25);

        Assert.True(free.Rewards.Min() < floored.RewardFloor);
        Assert.Equal((float)floored.RewardFloor!.Value, floored.Rewards.Min());
        Assert.Equal(free.Rewards.Max(), floored.Rewards.Max());
        Assert.Equal(free.Rewards.Count(reward => reward < floored.RewardFloor), free.Rewards.Zip(floored.Rewards).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public async Task Collecting_in_parallel_changes_nothing()
    {
        var plan = Plan("mpc~uniform:0.3", "hindsight") with { Parallelism = 1 };

        var alone = await CollectAsync(plan, noise: 0.1);
        var parallel = await CollectAsync(plan with { Parallelism = 8 }, noise: 0.1);
        var otherSeed = await CollectAsync(plan with { Seed = 2 }, noise: 0.1);

        Assert.Equal(alone.Actions, parallel.Actions);
        Assert.Equal(alone.Rewards, parallel.Rewards);
        Assert.Equal(alone.States, parallel.States);
        Assert.NotEqual(alone.Actions, otherSeed.Actions);
    }

    [Fact]
    public async Task Sources_say_who_played_what()
    {
        var pool = await CollectAsync(Plan("mpc", "hindsight~uniform:0.1"), noise: 0);

        Assert.Equal(["mpc", "hindsight~uniform:0.1"], pool.Sources.Select(source => source.Policy));
        Assert.All(pool.Sources, source => Assert.Equal((4 * 2 * 47, "test", "sample", 1), (source.Records, source.Set, source.Video, source.Seed)));
        Assert.All(pool.Sources, source => Assert.Equal(64, source.TracesSha256.Length));
        Assert.Equal(pool.Count, pool.Sources.Sum(source => source.Records));
    }

    [Fact]
    public async Task Hindsight_earns_more_than_mpc_on_the_same_starts()
    {
        var mpc = await CollectAsync(Plan("mpc"), noise: 0);
        var hindsight = await CollectAsync(Plan("hindsight"), noise: 0);

        Assert.True(hindsight.Rewards.Sum() > mpc.Rewards.Sum());
    }

    [Fact]
    public async Task A_file_gives_back_what_was_written()
    {
        using var folder = new TemporaryFolder();
        var pool = await CollectAsync(Plan("bola~uniform:0.2"), noise: 0);
        var path = Path.Combine(folder.Path, "sub", "pool.bin");

        PoolFile.Write(path, pool);
        var read = PoolFile.Read(path);

        Assert.Equal((pool.Width, pool.Levels, pool.RewardFloor), (read.Width, read.Levels, read.RewardFloor));
        Assert.Equal(pool.States, read.States);
        Assert.Equal(pool.Actions, read.Actions);
        Assert.Equal(pool.Rewards, read.Rewards);
        Assert.Equal(pool.Done, read.Done);
        Assert.Equal(pool.Sources, read.Sources);
    }

    [Fact]
    public async Task Damage_anywhere_in_a_file_is_noticed()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "pool.bin");
        PoolFile.Write(path, await CollectAsync(Plan("bba"), noise: 0));
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var header = 8 + (int)BitConverter.ToInt64(bytes);
        int[] places = [0, 4, 9, 30, header + 3, bytes.Length / 2, bytes.Length - 1];

        foreach (var place in places)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[place] ^= 0x55;
            await AssertRejectedAsync(damaged);
        }

        await AssertRejectedAsync(bytes[..^1]);
        await AssertRejectedAsync(bytes[..5]);
        await AssertRejectedAsync([]);

        async Task AssertRejectedAsync(byte[] content)
        {
            await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
            var exception = Assert.Throws<TelecomException>(() => PoolFile.Read(path));
            Assert.Equal(ErrorCode.DataRejected, exception.Code);
            Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nope", ErrorCode.NotFound)]
    [InlineData("mpc~bba", ErrorCode.InvalidInput)]
    [InlineData("mpc~bba:2", ErrorCode.InvalidInput)]
    [InlineData("mpc~nope:0.5", ErrorCode.NotFound)]
    public void Wrong_behaviours_are_named(string text, ErrorCode code)
    {
        var exception = Assert.Throws<TelecomException>(() => new BehaviourSpec(text).Create(new()));

        Assert.Equal(code, exception.Code);
    }

    [Fact]
    public void A_pool_without_sessions_or_with_equal_rewards_is_refused()
    {
        Assert.Equal(ErrorCode.DataRejected, Assert.Throws<TelecomException>(() => new PoolBuilder(6).Build(0)).Code);
        Assert.Equal(
            ErrorCode.DataRejected,
            Assert.Throws<TelecomException>(() => ReturnToGo.Of([1f, 1f], [false, true], ReturnScaling.Unit)).Code);
    }

    private static PoolPlan Plan(params string[] behaviours) =>
        new() { Behaviours = [.. behaviours.Select(text => new BehaviourSpec(text))], StartsPerTrace = 2 };

    private static async Task<ExperiencePool> CollectAsync(PoolPlan plan, double noise)
    {
        var token = TestContext.Current.CancellationToken;
        var traces = await new SynthDataset().ReadAsync(new() { Split = "test" }, token).Take(4).ToListAsync(token);
        return PoolCollector.Collect(
            plan,
            [.. traces.Select(trace => new LinkTimeline(trace))],
            [await Samples.SampleVideoAsync()],
            AbrProfile.NetLlm with { DelayNoise = noise },
            null,
            token);
    }
}
