using Telecom.Plugins.Viewport.Contracts;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>What may not change an answer, on models whose weights are all in use.</summary>
[Collection<LearnedGroup>]
public sealed class SymmetryTests(LearnedLab lab)
{
    // Specification, section 6.1: 1e-3 degrees. Turning and wrapping a float32 yaw alone moves it by up to 1.5e-5.
    private const double Equivariance = 1e-3;

    // Both images go through the model in one batch; the order of float32 sums differs by row.
    private const double Mirroring = 1e-4;

    public static TheoryData<string, float> Turns()
    {
        var turns = new TheoryData<string, float>();
        foreach (var method in new[] { "network", "adapted" })
        {
            foreach (var degrees in new[] { 17.5f, -90f, 123.25f, 180f })
            {
                turns.Add(method, degrees);
            }
        }

        return turns;
    }

    [Theory]
    [MemberData(nameof(Turns))]
    public void Without_absolute_yaw_a_turned_history_gives_a_turned_forecast(string method, float degrees)
    {
        using var model = lab.Build(method, ("absolute-yaw", "off")).Scramble();

        var turned = model.Predict([.. lab.Requests.Select(request => request.With(history => Degrees.Turn(history, degrees)))]);
        var expected = model.Predict(lab.Requests).Select(forecast => Degrees.Turn(forecast, degrees)).ToArray();

        AssertMoves(model);
        Assert.InRange(Degrees.Distance(expected, turned), 0, Equivariance);
    }

    [Theory]
    [MemberData(nameof(Turns))]
    public void With_absolute_yaw_the_front_has_to_turn_along(string method, float degrees)
    {
        using var model = lab.Build(method).Scramble();
        ViewportRequest[] facing = [.. lab.Requests.Select(request => request with { FrontYawDegrees = 30 })];

        var expected = model.Predict(facing).Select(forecast => Degrees.Turn(forecast, degrees)).ToArray();
        var along = model.Predict([.. facing.Select(request => Turned(request) with { FrontYawDegrees = 30 + degrees })]);
        var alone = model.Predict([.. facing.Select(Turned)]);

        Assert.InRange(Degrees.Distance(expected, along), 0, Equivariance);
        Assert.True(Degrees.Distance(expected, alone) > 0.1, "the front has no effect");

        ViewportRequest Turned(ViewportRequest request) => request.With(history => Degrees.Turn(history, degrees));
    }

    [Theory]
    [InlineData("network", "off")]
    [InlineData("network", "front")]
    [InlineData("adapted", "off")]
    [InlineData("adapted", "front")]
    public void A_mirrored_history_gives_a_mirrored_forecast(string method, string absoluteYaw)
    {
        using var model = lab.Build(method, ("absolute-yaw", absoluteYaw)).Scramble();
        ViewportRequest[] facing = [.. lab.Requests.Select(request => request with { FrontYawDegrees = 30 })];

        var mirrored = model.Predict([.. facing.Select(request => request.With(Degrees.Mirror) with { FrontYawDegrees = -30 })]);
        var expected = model.Predict(facing).Select(forecast => Degrees.Mirror(forecast)).ToArray();

        AssertMoves(model);
        Assert.InRange(Degrees.Distance(expected, mirrored), 0, Mirroring);
    }

    // A model that never left hold would pass every test of a symmetry.
    private void AssertMoves(LearnedModel model)
    {
        var forecast = model.Predict(lab.Requests[0])[0];
        Assert.True(Degrees.Distance(forecast, [.. Enumerable.Repeat(lab.Requests[0].Latest(1).ToArray(), 20).SelectMany(last => last)]) > 0.1);
    }
}
