using Telecom.Datasets.Viewport;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Domains;

namespace Telecom.Plugins.Viewport.Tests.Windows;

public sealed class LeakageTests
{
    [Fact]
    public void Predictions_do_not_change_when_the_future_is_erased()
    {
        var options = new WindowOptions { History = 10, Horizon = 20, Head = 30, Tail = 60, Step = 15 };
        var random = new Random(5);
        var trace = Traces.FromYaw([.. Enumerable.Range(0, 91).Select(_ => (random.NextSingle() * 360) - 180)]);
        var erased = trace with
        {
            RollDegrees = Erase(trace.RollDegrees),
            PitchDegrees = Erase(trace.PitchDegrees),
            YawDegrees = Erase(trace.YawDegrees),
        };

        foreach (var method in Benchmarks.Analytic)
        {
            Assert.Equal(Predict(method, trace), Predict(method, erased));
        }

        float[] Predict(string method, ViewportTrace from) =>
            Requests.Predict(method, WindowSet.Cut([from], options, GapPolicy.Keep).RequestOf(0)).RawDegrees.ToArray();

        static float[] Erase(ReadOnlyMemory<float> column) => [.. column.ToArray().Select((value, row) => row < 30 ? value : float.NaN)];
    }

    [Fact]
    public async Task Hold_errors_do_not_see_a_turned_head_frame()
    {
        var traces = new List<ViewportTrace>();
        await foreach (var trace in new HeadMotionDataset().ReadAsync(new() { Split = "valid" }, TestContext.Current.CancellationToken))
        {
            traces.Add(trace);
        }

        var turned = traces.Select(trace => trace with
        {
            YawDegrees = trace.YawDegrees.ToArray().Select(yaw => Sdk.Metrics.Angles.Wrap(yaw + 123.25f)).ToArray(),
        });

        // Adding and wrapping in float32 moves a yaw by up to 1.5e-5 degrees.
        Assert.Equal(HoldError([.. traces]), HoldError([.. turned]), 1e-4);
    }

    private static double HoldError(IReadOnlyList<ViewportTrace> traces)
    {
        var options = new WindowOptions { History = 10, Horizon = 20, Head = 30, Tail = 60, Step = 15 };
        var run = new ViewportBenchmarkRun(new("test", traces, []), WindowSet.Cut(traces, options, GapPolicy.Keep));
        return run.Score("hold").Metrics["mae_ref"];
    }
}
