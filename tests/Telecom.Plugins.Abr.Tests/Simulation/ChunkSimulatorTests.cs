using FsCheck;
using FsCheck.Fluent;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Tests.Simulation;

public sealed class ChunkSimulatorTests
{
    // The specification allows the fast path 1e-9 relative.
    private const double Fast = 1e-9;

    // Capacities in 1/100 Mbit/s, gaps in 1/10 s, levels; at least one segment carries something.
    private static readonly Arbitrary<((int Gap, int Capacity)[] Points, int[] Levels)> Sessions =
        Gen.Choose(1, 60).SelectMany(gap => Gen.Choose(-100, 600).Select(capacity => (gap, Math.Max(0, capacity)))).NonEmptyListOf()
            .Where(points => points.Any(point => point.Item2 > 0))
            .SelectMany(points => Gen.Choose(0, 5).ArrayOf(48).Select(levels => (points.ToArray(), levels)))
            .ToArbitrary();

    [Fact]
    public async Task Running_sums_give_what_walking_gives_on_measured_traces()
    {
        var video = await Samples.VideoAsync();
        foreach (var set in new[] { "fcc-test", "synth", "outage" })
        {
            foreach (var link in await Samples.LinksAsync(set))
            {
                AssertFastEqualsWalk(link, video, link.Trace.StartPointer!.Value, [.. Enumerable.Range(0, 48).Select(chunk => chunk * 7 % 6)]);
            }
        }
    }

    [Fact]
    public async Task Running_sums_give_what_walking_gives_on_any_trace()
    {
        var video = await Samples.SampleVideoAsync();
        Prop.ForAll(Sessions, session => AssertFastEqualsWalk(Link(session.Points), video, session.Points.Length, session.Levels))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Every_step_keeps_the_books_of_buffer_and_time()
    {
        var video = await Samples.SampleVideoAsync();
        Prop.ForAll(Sessions, drawn =>
        {
            var session = Samples.Session(Link(drawn.Points), video);
            var buffer = 0.0;
            foreach (var level in drawn.Levels)
            {
                var chunk = session.Step(level);
                Assert.Equal(Math.Max((chunk.DelayMs / 1000) - buffer, 0), chunk.RebufferSeconds, 1e-9);
                Assert.Equal(Math.Max(buffer - (chunk.DelayMs / 1000), 0) + 4 - (chunk.SleepMs / 1000), chunk.BufferSeconds, 1e-9);
                Assert.InRange(chunk.BufferSeconds, 4 - 1e-9, 60 + 1e-9);
                Assert.Equal(0, chunk.SleepMs % 500);
                Assert.True(chunk.DelayMs > 80);
                buffer = chunk.BufferSeconds;
            }

            var summary = session.Summarise();
            Assert.Equal(summary.Qoe, summary.BitrateMbps - (4.3 * summary.RebufferSeconds) - summary.SmoothnessMbps, 1e-9);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Bytes_are_those_of_the_capacity_between_two_positions()
    {
        // A trace that does not repeat within the session: position differences are transfer times.
        var video = await Samples.SampleVideoAsync();
        var session = Samples.Session(Samples.Constant(3, 4000), video);
        for (var chunk = 0; !session.IsDone; chunk++)
        {
            var before = session.State.PositionSeconds;
            var played = session.Step(chunk % 6);
            var seconds = session.State.PositionSeconds - before - (played.SleepMs / 1000);
            Assert.Equal(played.SizeBytes, seconds * 3 * 125_000 * 0.95, 1e-5);
            Assert.Equal(seconds, (played.DelayMs - 80) / 1000, 1e-9);
        }
    }

    [Fact]
    public async Task A_trace_that_starts_late_reaches_back_to_zero_after_a_wrap()
    {
        // First pass: segment 1 lasts from 5 s to 6 s; after a wrap it lasts from 0 s to 6 s.
        var video = await Samples.SampleVideoAsync();
        var session = Samples.Session(Samples.Link((5, 1), (6, 1)), video);
        Assert.Equal(5, session.State.PositionSeconds);

        var size = video.SizesBytes(0)[5];
        var played = session.Step(5);

        var needed = size / (125_000 * 0.95);
        Assert.True(needed > 7, "The chunk must outlast the first segment and one whole pass.");
        Assert.Equal(needed, (played.DelayMs - 80) / 1000, 1e-9);
        Assert.Equal((needed - 1) % 6, session.State.PositionSeconds, 1e-9);
    }

    [Fact]
    public async Task Noise_follows_seed_and_session_and_leaves_the_trace_alone()
    {
        var video = await Samples.SampleVideoAsync();
        var link = Samples.Constant();
        var profile = AbrProfile.NetLlm with { DelayNoise = 0.1 };
        var levels = Enumerable.Repeat(0, 10).ToArray();

        var quiet = Play(AbrProfile.NetLlm, 1, 0);
        var noisy = Play(profile, 1, 0);

        Assert.Equal(Delays(noisy), Delays(Play(profile, 1, 0)));
        Assert.NotEqual(Delays(noisy), Delays(Play(profile, 2, 0)));
        Assert.NotEqual(Delays(noisy), Delays(Play(profile, 1, 1)));
        Assert.Equal(quiet.State.PositionSeconds, noisy.State.PositionSeconds);
        for (var i = 0; i < levels.Length; i++)
        {
            Assert.InRange(noisy.Played[i].DelayMs / quiet.Played[i].DelayMs, 0.9, 1.1);
        }

        PlaySession Play(AbrProfile with, int seed, int index) => new PlaySession(new(link, video, 1, index), with, seed).Play(levels);

        static double[] Delays(PlaySession session) => [.. session.Played.ToArray().Select(chunk => chunk.DelayMs)];
    }

    [Fact]
    public void Noise_is_uniform_around_one()
    {
        var noise = new DelayNoise(0.1, seed: 5, session: 3);
        var factors = Enumerable.Range(0, 100_000).Select(_ => noise.Next()).ToList();

        Assert.All(factors, factor => Assert.InRange(factor, 0.9, 1.1));

        // Mean of 10^5 draws: standard error 0.1 / sqrt(3 * 10^5) = 1.8e-4; variance 0.01 / 3.
        Assert.Equal(1, factors.Average(), 1e-3);
        Assert.Equal(0.01 / 3, factors.Average(factor => (factor - 1) * (factor - 1)), 1e-4);
    }

    [Fact]
    public async Task A_reset_session_plays_the_same_again()
    {
        var session = new PlaySession(new(Samples.Constant(), await Samples.SampleVideoAsync(), 1, 0), AbrProfile.NetLlm with { DelayNoise = 0.1 }, 1);
        session.Play(Samples.Policy("mpc"));
        var first = session.CopyLog();

        session.Reset();
        session.Play(Samples.Policy("mpc"));

        Assert.Equal(first, session.CopyLog());
    }

    [Fact]
    public async Task Playing_allocates_nothing()
    {
        var video = await Samples.SampleVideoAsync();
        var policies = new[] { "bba", "bola", "rate", "mpc", "mpc-jump" }.Select(Samples.Policy).ToArray();
        var sessions = policies.Select(_ => Samples.Session(Samples.Constant(), video)).ToArray();
        PlayAll();

        var before = GC.GetAllocatedBytesForCurrentThread();
        PlayAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void PlayAll()
        {
            for (var i = 0; i < policies.Length; i++)
            {
                sessions[i].Reset();
                sessions[i].Play(policies[i]);
            }
        }
    }

    [Fact]
    public async Task Constants_come_from_profile_and_video()
    {
        var video = new PlayableVideo(new VideoLadder
        {
            Name = "short",
            BitratesKbps = new double[] { 100, 400 },
            ChunkMilliseconds = 2000,
            ChunksPlayed = 3,
            SizesBytes = new[] { 25_000, 100_000, 25_000, 100_000, 25_000, 100_000 },
        });
        var profile = new AbrProfile
        {
            RoundTripMs = 10,
            PayloadShare = 0.5,
            BufferCapMs = 2500,
            DrainQuantumMs = 100,
            RebufferPenalty = 2,
            SmoothnessPenalty = 3,
        };
        var session = Samples.Session(Samples.Constant(8), video, profile: profile);

        // 25 kB at 8 Mbit/s and share 0.5: 50 ms; 100 kB: 200 ms.
        Assert.Equal(60, session.Step(0).DelayMs, 1e-9);
        var second = session.Step(1);
        Assert.Equal(210, second.DelayMs, 1e-9);
        Assert.Equal(0.4 - (3 * 0.3), second.Reward, 1e-12);

        // 2000 - 210 + 2000 = 3790 ms are 1290 ms above the cap: 13 quanta.
        Assert.Equal(1300, second.SleepMs);
        Assert.Equal(2.49, second.BufferSeconds, 1e-9);
        Assert.False(session.IsDone);
        session.Step(1);
        Assert.True(session.IsDone);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-1)]
    public async Task A_start_beyond_the_trace_is_refused(int start)
    {
        var video = await Samples.SampleVideoAsync();

        var exception = Assert.Throws<TelecomException>(() => Samples.Session(Samples.Link((0, 1), (1, 1), (2, 1)), video, start));

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
    }

    private static void AssertFastEqualsWalk(LinkTimeline link, PlayableVideo video, int start, int[] levels)
    {
        var spec = new SessionSpec(link, video, Math.Clamp(start, 1, link.Points - 1), 0);
        var walked = new PlaySession(spec, AbrProfile.NetLlm, 1).Play(levels);
        var fast = new PlaySession(spec, AbrProfile.NetLlm, 1, isFast: true).Play(levels);
        for (var i = 0; i < levels.Length; i++)
        {
            var (expected, actual) = (walked.Played[i], fast.Played[i]);

            // The clock of the session adds the rounding of all chunks before.
            Assert.Equal(expected.DelayMs, actual.DelayMs, Fast * Math.Max(1000, expected.DelayMs));
            Assert.Equal(expected.BufferSeconds, actual.BufferSeconds, Fast * 100);
        }
    }

    private static LinkTimeline Link((int Gap, int Capacity)[] points)
    {
        var time = 0.0;
        return Samples.Link([(0, 9), .. points.Select(point => (time += point.Gap / 10.0, point.Capacity / 100.0))]);
    }
}
