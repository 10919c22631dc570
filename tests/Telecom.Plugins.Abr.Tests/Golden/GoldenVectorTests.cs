using Telecom.Plugins.Abr.Observations;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;

namespace Telecom.Plugins.Abr.Tests.Golden;

/// <summary>G1 to G6 of the specification.</summary>
public sealed class GoldenVectorTests
{
    // The specification asks for 1e-9 per field in float64.
    private const double Field = 1e-9;

    [Fact]
    public async Task G1_a_constant_link_is_walked_without_the_round_trip()
    {
        (int Level, double Size, double DelayMs, double Rebuffer, double Buffer, double Position)[] expected =
        [
            (0, 181801, 845.4778947368421, 0.8454778947368421, 4.0, 0.7654778947368421),
            (3, 957685, 4112.357894736842, 0.11235789473684235, 4.0, 4.797835789473684),
            (5, 2177073, 9246.623157894737, 5.246623157894737, 4.0, 13.96445894736842),
            (0, 155432, 734.4505263157895, 0, 7.26554947368421, 14.61890947368421),
        ];
        var session = Samples.Session(Samples.Constant(), await Samples.VideoAsync());

        foreach (var (level, size, delayMs, rebuffer, buffer, position) in expected)
        {
            var chunk = session.Step(level);
            Assert.Equal(size, chunk.SizeBytes);
            Assert.Equal(delayMs, chunk.DelayMs, Field);
            Assert.Equal(rebuffer, chunk.RebufferSeconds, Field);
            Assert.Equal(buffer, chunk.BufferSeconds, Field);
            Assert.Equal(position, session.State.PositionSeconds, Field);
        }
    }

    [Fact]
    public async Task G2_the_trace_wraps_to_segment_1_and_its_first_value_is_never_used()
    {
        (double DelayMs, double Position, int Segment)[] expected =
        [
            (1610.9557894736843, 3.5309557894736843, 3),
            (5328.682105263158, 0.7796378947368421, 1),
            (7697.701052631579, 0.39733894736842107, 1),
        ];
        var session = Samples.Session(Samples.Link((0, 9.0), (1, 0.5), (2, 0.0), (4, 1.0)), await Samples.VideoAsync(), start: 3);

        Assert.Equal(2, session.State.PositionSeconds);
        for (var chunk = 0; chunk < expected.Length; chunk++)
        {
            var played = session.Step(chunk);
            Assert.Equal(expected[chunk].DelayMs, played.DelayMs, Field);
            Assert.Equal(expected[chunk].Position, session.State.PositionSeconds, Field);
            Assert.Equal(expected[chunk].Segment, session.State.Segment);
        }
    }

    [Fact]
    public async Task G3_a_full_buffer_pauses_in_quanta_and_moves_the_trace()
    {
        var session = Samples.Session(Samples.Constant(100, 10), await Samples.VideoAsync());

        session.Play(Enumerable.Repeat(0, 14));
        var chunk14 = session.Step(0);
        Assert.Equal(58.700114105263154, chunk14.BufferSeconds, Field);
        Assert.Equal(0, chunk14.SleepMs);
        var chunk15 = session.Step(0);
        Assert.Equal(3000, chunk15.SleepMs);
        Assert.Equal(59.60846669473684, chunk15.BufferSeconds, Field);
        Assert.Equal(3.2068428631578945, session.State.PositionSeconds, Field);
        var chunk16 = session.Step(0);
        Assert.Equal(4000, chunk16.SleepMs);
        Assert.Equal(59.516381726315785, chunk16.BufferSeconds, Field);
    }

    [Theory]
    [InlineData("bba", "001232333333333333333333333333333333333334233333", 1.642553191489361)]
    [InlineData("bola", "000000000011222333333333333333333333333333333333", 1.4319148936170212)]
    [InlineData("mpc-jump", "012333333333333333333333344333333333333333333334", 1.6053318521836497)]
    [InlineData("mpc", "022333333333333333333333333333333333333333333344", 1.802810660694288)]
    [InlineData("rate", "022222222222222222222222222222222222222222222222", 1.1808510638297878)]
    public async Task G4_whole_sessions_on_the_constant_link(string policy, string levels, double qoe)
    {
        var session = Samples.Session(Samples.Constant(), await Samples.VideoAsync());

        session.Play(Samples.Policy(policy));

        var summary = session.Summarise();
        Assert.Equal(levels, summary.LevelString);
        Assert.Equal(qoe, summary.Qoe, Field);
        if (policy == "mpc")
        {
            Assert.Equal(0.08555789473684672, summary.RebufferTotalSeconds, Field);
        }

        if (policy == "rate")
        {
            Assert.Equal(9500, summary.SleepTotalMs);
        }
    }

    [Fact]
    public async Task G5_the_observation_holds_the_newest_values_on_the_right()
    {
        double[][] expected =
        [
            [0, 0, 0, 0, 0.069767442, 0.430232558],
            [0, 0, 0, 0, 0.4, 0.4],
            [0, 0, 0, 0, 0.215027502, 0.232879780],
            [0, 0, 0, 0, 0.084547789, 0.411235789],
            [0.139857, 0.350812, 0.571051, 0.877771, 1.300868, 2.177073],
            [0, 0, 0, 0, 0.979166667, 0.958333333],
        ];
        var video = await Samples.VideoAsync();
        var session = Samples.Session(Samples.Constant(), video).Play(0, 3);
        var tensor = new double[36];

        AbrObservation.Write(video, session.Played, 6, tensor);

        for (var i = 0; i < tensor.Length; i++)
        {
            // The specification gives nine decimals.
            Assert.Equal(expected[i / 6][i % 6], tensor[i], 5e-10);
        }
    }

    [Fact]
    public async Task Nothing_is_observed_before_chunk_0()
    {
        var tensor = Enumerable.Repeat(1.0, 36).ToArray();

        AbrObservation.Write(await Samples.SampleVideoAsync(), [], 6, tensor);

        Assert.All(tensor, value => Assert.Equal(0, value));
    }

    [Fact]
    public void G6_returns_to_go_and_what_is_left_of_a_target()
    {
        float[] rewards = [0.75f, -2, 1.2f, 0.3f];
        var returns = new double[4];
        var scale = ReturnToGo.Of(rewards, [false, false, false, true], ReturnScaling.Reference);

        scale.ToGo(rewards, [false, false, false, true], returns);

        // Rewards are float32: 1e-7 of numbers below 1, divided by 1000.
        const double Single = 1e-9;
        Assert.Equal([0.859375, 0, 1, 0.71875], rewards.Select(reward => scale.Normalise(reward)), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal([0.002578125, 0.00171875, 0.00171875, 0.00071875], returns, (a, b) => Math.Abs(a - b) < Single);
        Assert.Equal(0.002578125, scale.Start(1), Single);
        var afterFirst = scale.After(scale.Start(1), 0.75);
        Assert.Equal(0.00171875, afterFirst, Single);
        Assert.Equal(0.00171875, scale.After(afterFirst, -9), Single);
    }

    [Fact]
    public void Unit_returns_start_at_the_target_scale_and_fall_by_the_same_share()
    {
        float[] rewards = [0.75f, -2, 1.2f, 0.3f];
        bool[] isLast = [false, false, false, true];
        var (reference, unit) = (ReturnToGo.Of(rewards, isLast, ReturnScaling.Reference), ReturnToGo.Of(rewards, isLast, ReturnScaling.Unit));

        Assert.Equal(1, unit.Start(1));
        Assert.Equal(1.2, unit.Start(1.2));
        var returns = new double[4];
        unit.ToGo(rewards, isLast, returns);
        Assert.Equal(1, returns.Max(), 1e-12);
        Assert.Equal(reference.After(reference.Start(1), 0.3) / reference.MaxReturn, unit.After(unit.Start(1), 0.3), 1e-12);
    }

    [Fact]
    public void A_discount_acts_before_the_scale_and_never_across_sessions()
    {
        float[] rewards = [0, 1, 0, 1];
        var returns = new double[4];
        var scale = ReturnToGo.Of(rewards, [false, true, false, true], ReturnScaling.Reference, discount: 0.5);

        scale.ToGo(rewards, [false, true, false, true], returns);

        Assert.Equal([0.0005, 0.001, 0.0005, 0.001], returns, (a, b) => Math.Abs(a - b) < 1e-15);
    }
}
