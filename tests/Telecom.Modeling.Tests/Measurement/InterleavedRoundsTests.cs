using System.Diagnostics;
using Telecom.Modeling.Measurement;
using Telecom.Modeling.Tests.Training;
using Telecom.Sdk.Training;

namespace Telecom.Modeling.Tests.Measurement;

public sealed class InterleavedRoundsTests
{
    [Fact]
    public void Cases_run_in_turns_and_ratios_compare_with_the_first()
    {
        var order = new List<string>();
        MeasuredCase Busy(string name, double milliseconds, double share = 1) => new(
            name,
            () =>
            {
                order.Add(name);
                var end = Environment.CpuUsage.TotalTime + TimeSpan.FromMilliseconds(milliseconds);
                while (Environment.CpuUsage.TotalTime < end)
                {
                }
            },
            Target: 0.1)
        { Share = share };

        var table = new InterleavedRounds(rounds: 3).Measure(
            "busy", [Busy("short", 10), Busy("long", 40), Busy("quarter", 10, share: 0.25)], new SynchronousProgress(_ => { }), CancellationToken.None);

        Assert.Equal(Enumerable.Repeat(new[] { "short", "long", "quarter" }, 4).SelectMany(round => round), order);
        Assert.Equal(1, table.Rows[0].Ratio);

        // Four times the work; other threads of the test run use the processor too, so only the order of magnitude is certain.
        Assert.InRange(table.Rows[1].Ratio, 0.05, 0.9);
        Assert.InRange(table.Rows[2].Ratio, 0.05, 0.9);
        Assert.True(table.Rows[0].MinMs >= 10 && table.Rows[1].MinMs >= 40 && table.Rows[2].MinMs >= 40);
        Assert.All(table.Rows, row => Assert.True(row.MinMs <= row.MedianMs));
    }

    [Fact]
    public void Cancellation_ends_the_measurement_before_the_next_case()
    {
        using var cancellation = new CancellationTokenSource();
        var runs = 0;
        var rounds = new InterleavedRounds(rounds: 100);

        Assert.Throws<OperationCanceledException>(() => rounds.Measure(
            "cancelled",
            [new MeasuredCase("first", () => { runs++; cancellation.Cancel(); }), new MeasuredCase("second", () => runs += 100)],
            new SynchronousProgress(_ => { }),
            cancellation.Token));

        Assert.Equal(1, runs);
    }

    [Theory]
    [InlineData(0.93, 0.93, true)]
    [InlineData(0.92, 0.93, false)]
    public void Target_is_met_from_its_value_on(double ratio, double target, bool expected) =>
        Assert.Equal(expected, new MeasurementRow("case", 1, 1, ratio, target).IsMet);

    [Fact]
    public void Row_without_target_is_neither_met_nor_missed() => Assert.Null(new MeasurementRow("case", 1, 1, 1, null).IsMet);
}
