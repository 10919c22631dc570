using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Serving;

/// <summary>Rows that share a batch share nothing else.</summary>
public sealed class RowFailureTests
{
    [Theory]
    [InlineData("network", ToyMode.Throws, ErrorCode.PluginFault)]
    [InlineData("adapted", ToyMode.Wide, ErrorCode.PluginFault)]
    [InlineData("adapted", ToyMode.Coded, ErrorCode.Unprocessable)]
    [InlineData("steps", ToyMode.Throws, ErrorCode.PluginFault)]
    public async Task Row_that_its_method_cannot_take_fails_alone(string method, string mode, ErrorCode code)
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync(method);
        var expected = await bench.SubmitAsync(lane, ToyRequest.Of(1, 2));

        Task<ToyAnswer>[] waiting;
        using (bench.Host.PauseExecutor())
        {
            waiting = [.. Enumerable.Range(0, 4).Select(i => bench.SubmitAsync(lane, ToyRequest.Of(1, 2, i == 2 ? mode : null)))];
        }

        Assert.Equal(code, (await Assert.ThrowsAsync<TelecomException>(() => waiting[2])).Code);
        foreach (var answer in waiting.Where((_, i) => i != 2))
        {
            // adapters.md 5.2: 1e-4 between compositions of a batch.
            Assert.Equal(expected.Y[^1], (await answer).Y[^1], 1e-4);
        }
    }

    [Fact]
    public async Task Row_with_values_that_are_not_finite_is_unprocessable_and_its_neighbours_are_answered()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("adapted");

        Task<ToyAnswer> good, bad;
        using (bench.Host.PauseExecutor())
        {
            (good, bad) = (bench.SubmitAsync(lane, ToyRequest.Of(1)), bench.SubmitAsync(lane, ToyRequest.Of(1e39)));
        }

        Assert.Equal(ErrorCode.Unprocessable, (await Assert.ThrowsAsync<TelecomException>(() => bad)).Code);
        Assert.True(double.IsFinite(Assert.Single((await good).Y)));
    }

    [Fact]
    public async Task Sequence_that_is_longer_than_the_base_is_refused_and_other_lanes_are_answered()
    {
        await using var bench = await LaneBench.StartAsync();
        var shortBase = bench.Host.SaveBase("short", 1, maxPositions: 4);
        var (steps, adapted) = (await bench.LaneAsync("steps", shortBase), await bench.LaneAsync("adapted", shortBase));

        Task<ToyAnswer> tooLong, fitting, other;
        using (bench.Host.PauseExecutor())
        {
            // Two tokens, and one more for every step but the last.
            tooLong = bench.SubmitAsync(steps, ToyRequest.Of(1, steps: 4));
            fitting = bench.SubmitAsync(steps, ToyRequest.Of(1, steps: 3));
            other = bench.SubmitAsync(adapted, ToyRequest.Of(1));
        }

        Assert.Equal(ErrorCode.SequenceTooLong, (await Assert.ThrowsAsync<TelecomException>(() => tooLong)).Code);
        Assert.Equal(3, (await fitting).Y.Length);
        Assert.Single((await other).Y);
    }

    [Fact]
    public async Task Several_rows_of_one_request_stay_together_and_in_order()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("sum");

        Task<ToyAnswer[]> three;
        Task<ToyAnswer> one;
        using (bench.Host.PauseExecutor())
        {
            three = bench.Host.Engine.SubmitAsync(lane, [ToyRequest.Of(1), ToyRequest.Of(2), ToyRequest.Of(3)], LaneBench.Ticket, ToyHost.Token);
            one = bench.SubmitAsync(lane, ToyRequest.Of(4));
        }

        Assert.Equal([0.5, 1.5, 2.5], (await three).Select(answer => answer.Y[0]));
        Assert.Equal(3.5, (await one).Y[0]);
        Assert.Equal(["sum:1,2,3,4"], bench.Log.Entries);
    }

    [Fact]
    public async Task Rows_of_different_shapes_in_one_request_are_refused()
    {
        await using var bench = await LaneBench.StartAsync();
        var lane = await bench.LaneAsync("steps");

        var exception = await Assert.ThrowsAsync<TelecomException>(
            () => bench.Host.Engine.SubmitAsync(lane, [ToyRequest.Of(1, 2), ToyRequest.Of(1, 3)], LaneBench.Ticket, ToyHost.Token));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
    }
}
