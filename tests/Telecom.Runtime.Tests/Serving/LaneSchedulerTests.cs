using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Telecom.Runtime.Serving;

namespace Telecom.Runtime.Tests.Serving;

/// <summary>Fair shares and batches of rows of different lengths.</summary>
public sealed class LaneSchedulerTests
{
    private static readonly Gen<int[]> Lengths = Gen.Choose(1, 600).ArrayOf(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_clients_that_always_wait_differ_by_less_than_the_bound(bool shareLane)
    {
        var limits = new BatchLimits { MaxRows = 8, MaxTokens = 4096 };
        for (var seed = 0; seed < 20; seed++)
        {
            var (random, world) = (new Random(seed), new World(limits));
            long largest = 1;
            for (var batch = 0; batch < 300; batch++)
            {
                // One sends short rows with long answers, the other long rows: the rows alone would say nothing.
                while (world.Scheduler.Shares.Requests("x") < 20)
                {
                    world.Admit("x", random.Next(1, 20), lane: 0);
                }

                while (world.Scheduler.Shares.Requests("y") < 20)
                {
                    world.Admit("y", random.Next(100, 120), lane: shareLane ? 0 : 1);
                }

                long tokens = 0;
                foreach (var request in world.Scheduler.Take())
                {
                    var output = request.Client == "x" ? random.Next(0, 50) : 0;
                    world.Scheduler.Shares.Charge(request.Client, request.Tokens, output);
                    tokens += request.Tokens + output;
                }

                largest = Math.Max(largest, tokens);
                var difference = Math.Abs(world.Scheduler.Shares.Counter("x") - world.Scheduler.Shares.Counter("y"));
                Assert.InRange(difference, 0, 2 * largest * FairShare.OutputWeight);
            }

            Assert.True(world.Scheduler.Shares.Counter("x") > 10 * largest);
        }
    }

    [Fact]
    public void Who_comes_back_has_no_credit_and_keeps_no_advantage()
    {
        var world = new World(new BatchLimits { MaxRows = 1 });
        world.Admit("idle", 1, lane: 1);
        world.Serve();
        for (var i = 0; i < 100; i++)
        {
            world.Admit("busy", 10, lane: 0);
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("busy", world.Serve());
        }

        for (var i = 0; i < 20; i++)
        {
            world.Admit("idle", 10, lane: 1);
        }

        // Both cost the same now, so they take turns instead of the returned one going first 50 times.
        var turns = Enumerable.Range(0, 20).Select(_ => world.Serve()).ToList();
        Assert.Equal(10, turns.Count(client => client == "idle"));
    }

    [Fact]
    public void Newcomer_after_a_pause_of_all_starts_where_the_last_one_was()
    {
        var world = new World(new BatchLimits { MaxRows = 1 });
        world.Admit("first", 1000, lane: 0);
        world.Serve();

        world.Admit("second", 1, lane: 1);

        Assert.Equal(1000, world.Scheduler.Shares.Counter("second"));
    }

    [Fact]
    public void One_client_with_many_lanes_is_served_by_age()
    {
        var world = new World(new BatchLimits { MaxRows = 1 });
        for (var i = 0; i < 30; i++)
        {
            world.Admit("one", 1 + (i * 7 % 11), lane: i % 3);
        }

        var order = new List<long>();
        while (world.Scheduler.Take() is [var request])
        {
            world.Scheduler.Shares.Charge(request.Client, request.Tokens, 5);
            order.Add(request.Sequence);
        }

        Assert.Equal(Enumerable.Range(0, 30).Select(i => (long)i), order);
    }

    [Fact]
    public void Padded_batches_hold_their_limits_and_keep_the_order_of_their_bucket()
    {
        var limits = new BatchLimits { MaxRows = 16, MaxTokens = 2048 };
        Prop.ForAll(Lengths.ToArbitrary(), lengths =>
        {
            var world = new World(limits);
            Array.ForEach(lengths, length => world.Admit("one", length, lane: 0));
            var served = new List<(int Bucket, long Sequence)>();
            while (world.Scheduler.Take() is { Count: > 0 } batch)
            {
                var longest = batch.Max(request => request.Tokens);
                Assert.InRange(batch.Count, 1, limits.MaxRows);
                Assert.InRange(batch.Count * longest, 1, limits.MaxTokens);
                Assert.Single(batch.Select(request => request.Key.Bucket).Distinct());
                Assert.InRange(1 - (batch.Sum(request => request.Tokens) / (double)(batch.Count * longest)), 0, 0.25);
                served.AddRange(batch.Select(request => (request.Key.Bucket, request.Sequence)));
            }

            Assert.Equal(lengths.Length, served.Count);
            Assert.All(served.GroupBy(row => row.Bucket, row => row.Sequence), bucket => Assert.Equal(bucket.Order(), bucket));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(1, 3));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(5, 4)]
    [InlineData(8192, 14)]
    public void Buckets_are_powers_of_two(int tokens, int bucket) => Assert.Equal(bucket, QueueKey.BucketOf(tokens));

    [Fact]
    public void Request_that_alone_is_larger_than_the_token_limit_runs_alone()
    {
        var world = new World(new BatchLimits { MaxTokens = 100 });
        world.Admit("one", 120, lane: 0);
        world.Admit("one", 120, lane: 0);

        Assert.Single(world.Scheduler.Take());
        Assert.Single(world.Scheduler.Take());
    }

    private sealed class World(BatchLimits limits)
    {
        private readonly NoLane[] lanes = [new("0"), new("1"), new("2")];

        public LaneScheduler Scheduler { get; } = new(limits, Time);

        private static FakeTimeProvider Time { get; } = new();

        public void Admit(string client, int tokens, int lane) =>
            Scheduler.Admit(new Sized(lanes[lane], new Ticket(Deadline.After(TimeSpan.FromHours(1), Time), null, client), tokens));

        /// <returns>Whose request it was.</returns>
        public string Serve()
        {
            var request = Assert.Single(Scheduler.Take());
            Scheduler.Shares.Charge(request.Client, request.Tokens, 0);
            return request.Client;
        }
    }

    private sealed class NoLane(string name) : Lane(name)
    {
        public override RunningBatch Form(IReadOnlyList<QueuedRequest> batch) => throw new NotSupportedException();
    }

    private sealed class Sized : QueuedRequest
    {
        public Sized(Lane lane, Ticket ticket, int tokens)
            : base(lane, ticket, rows: 1)
        {
            Tokens = tokens;
            Key = new QueueKey(lane, null, 0, QueueKey.BucketOf(tokens));
        }

        public override void Fail(Exception exception) => throw exception;
    }
}
