using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Viewport.Tests.Windows;

public sealed class WindowSetTests
{
    private static readonly WindowOptions Published = new() { History = 10, Horizon = 20, Head = 30, Tail = 60, Step = 15 };

    [Theory]
    [InlineData(300, 60, 14)]
    [InlineData(300, 30, 16)]
    [InlineData(226, 60, 10)]
    [InlineData(58, 60, 0)]
    [InlineData(90, 60, 0)]
    [InlineData(91, 60, 1)]
    [InlineData(0, 60, 0)]
    public void G6_windows_of_a_trace(int rows, int tail, int expected)
    {
        var options = Published with { Tail = tail };

        var windows = WindowSet.Cut([Traces.Counting(1, 1, rows)], options, GapPolicy.Keep);

        Assert.Equal(expected, options.CountIn(rows));
        Assert.Equal(expected, windows.Count);
        Assert.Equal(expected == 0 ? 1 : 0, windows.ShortTraces);
    }

    [Theory]
    [InlineData(9, 60, "head=9")]
    [InlineData(30, 19, "tail=19")]
    public void Cut_refuses_windows_outside_their_trace(int head, int tail, string named)
    {
        var exception = Assert.Throws<TelecomException>(
            () => WindowSet.Cut([Traces.Counting(1, 1, 300)], Published with { Head = head, Tail = tail }, GapPolicy.Keep));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_window_are_consecutive_rows_of_one_trace()
    {
        var windows = WindowSet.Cut([Traces.Counting(3, 7, 100), Traces.Counting(4, 8, 58), Traces.Counting(5, 9, 131)], Published, GapPolicy.Keep);

        // 100 rows: t = 30; 58 rows: none; 131 rows: t = 30, 45, 60.
        Assert.Equal([30, 30, 45, 60], windows.Starts.ToArray());
        Assert.Equal([0, 2, 2, 2], windows.TraceIndices.ToArray());
        Assert.Equal(1, windows.ShortTraces);
        for (var window = 0; window < windows.Count; window++)
        {
            var trace = windows.Traces[windows.TraceIndices[window]];
            var rows = windows.PastOf(window).ToArray().Concat(windows.FutureOf(window).ToArray()).Chunk(3).ToArray();
            Assert.Equal(30, rows.Length);
            for (var i = 0; i < rows.Length; i++)
            {
                Assert.Equal([(windows.Starts[window] - 10 + i) / 100f, trace.Video, trace.User], rows[i]);
            }
        }
    }

    [Fact]
    public void RequestOf_carries_history_time_and_origin()
    {
        var windows = WindowSet.Cut([Traces.Counting(3, 7, 100)], Published, GapPolicy.Keep);

        var request = windows.RequestOf(0);

        Assert.Equal(10, request.HistoryLength);
        Assert.Equal(10, request.WindowSamples);
        Assert.Equal(20, request.Steps);
        Assert.Equal(5, request.RateHz);
        Assert.Equal(5.8, request.LastTimeSeconds, 1e-9);
        Assert.Equal(("test", 3), (request.Dataset, request.Video));
        Assert.Null(request.FrontYawDegrees);
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, false)]
    [InlineData(21, true)]
    [InlineData(30, true)]
    [InlineData(49, true)]
    [InlineData(50, false)]
    public void A_gap_touches_the_windows_whose_rows_it_lies_between(int firstRowAfterGap, bool isTouched)
    {
        // One window: history rows 20..29, future rows 30..49.
        var trace = Traces.Counting(1, 1, 91);
        var times = trace.TimesSeconds.ToArray();
        for (var row = firstRowAfterGap; row < times.Length; row++)
        {
            times[row] += 0.4;
        }

        var gapped = trace with { TimesSeconds = times };

        var kept = WindowSet.Cut([gapped], Published, GapPolicy.Keep);
        var dropped = WindowSet.Cut([gapped], Published, GapPolicy.Drop);

        Assert.Equal((1, isTouched ? 1 : 0), (kept.Count, kept.WindowsAcrossGaps));
        Assert.Equal((isTouched ? 0 : 1, isTouched ? 1 : 0), (dropped.Count, dropped.WindowsAcrossGaps));
        Assert.Equal(dropped.Count * 30, dropped.Past.Length);
        Assert.Equal(dropped.Count * 60, dropped.Future.Length);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    public void A_time_that_does_not_increase_counts_as_a_gap(double step)
    {
        var trace = Traces.Counting(1, 1, 91);
        var times = trace.TimesSeconds.ToArray();
        times[25] = times[24] + step;

        var windows = WindowSet.Cut([trace with { TimesSeconds = times }], Published, GapPolicy.Drop);

        Assert.Equal((0, 1), (windows.Count, windows.WindowsAcrossGaps));
    }
}
