using System.Text.Json;
using Telecom.Datasets.Viewport;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Domains;
using Telecom.Testing;

namespace Telecom.Plugins.Viewport.Tests.Methods;

/// <summary>Golden vectors G1 to G4 of the specification and the windows that lie beside the measured traces.</summary>
public sealed class GoldenVectorTests
{
    // Angles up to 900 in float32 carry 3e-5; the file states 1e-3 on predictions.
    private const double Angle = 1e-3;
    private const double Error = 1e-4;

    // 9 in float32 and a handful of float64 operations.
    private const double Exact = 1e-5;

    private static readonly float[] Ramp = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    private static readonly float[] Jump = [0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

    [Fact]
    public void G1_one_turn_is_forgiven()
    {
        float[] predicted = [170, 0, -179];
        float[] truth = [-175, 0, 179];
        var errors = new double[WindowErrors.Columns];

        WindowErrors.Measure(predicted, truth, 5, errors);

        Assert.Equal(15, errors[WindowErrors.MaeRefPerAxis], Exact);
        Assert.Equal(0, errors[WindowErrors.MaeRefPerAxis + 1], Exact);
        Assert.Equal(2, errors[WindowErrors.MaeRefPerAxis + 2], Exact);
        Assert.Equal(5.666667, errors[WindowErrors.MaeRef], 1e-6);
        Assert.Equal(5.666667, errors[WindowErrors.MaeCircular], 1e-6);
    }

    [Fact]
    public void G1_without_a_wrap_the_seam_costs_a_turn()
    {
        var errors = new double[WindowErrors.Columns];

        WindowErrors.Measure([170, 0, -179], [-175, 0, 179], 5, errors);

        // (345² + 0² + 358²) / 3; the specification gives the mean of the same elements, 234.333333.
        Assert.Equal((119025.0 + 128164.0) / 3, errors[WindowErrors.MseRef], 1e-6);
    }

    [Fact]
    public void G1_further_turns_are_charged_by_the_reference_only()
    {
        Assert.Equal(365, WindowErrors.Reference(725, 0), Exact);
        Assert.Equal(5, WindowErrors.Circular(725, 0), Exact);
    }

    [Theory]
    [InlineData("velocity")]
    [InlineData("velocity-unwrap")]
    [InlineData("linear-regression")]
    [InlineData("linear-regression-unwrap")]
    public void G2_a_ramp_goes_on(string method)
    {
        var forecast = Requests.Predict(method, Requests.OneAxis(20, Ramp));

        for (var k = 1; k <= 20; k++)
        {
            Assert.Equal(9.0 + k, forecast.At(k), Exact);
            Assert.Equal(9.0 + k, forecast.At(k, axis: 2), Exact);
        }
    }

    [Theory]
    [InlineData("linear-regression", 1, 3.6)]
    [InlineData("linear-regression", 20, 12.9272727)]
    [InlineData("velocity", 1, 10)]
    [InlineData("velocity", 20, 29)]
    [InlineData("hold", 1, 9)]
    [InlineData("hold", 20, 9)]
    [InlineData("damped-velocity", 1, 13.5)]
    [InlineData("damped-velocity", 2, 15.75)]
    [InlineData("damped-velocity", 20, 18)]
    public void G2_a_jump_at_the_end(string method, int k, double expected) =>
        Assert.Equal(expected, Requests.Predict(method, Requests.OneAxis(20, Jump)).At(k), Exact);

    [Fact]
    public async Task G3_the_first_window_of_video_4_user_83()
    {
        var (request, truth) = await WindowAsync("Jin2022", 4, 83, 30);

        AssertRow([9.794838, 3.708974, 136.571350], request.HistoryDegrees.Span, 0);
        AssertRow([12.640100, -0.758464, 111.005180], request.HistoryDegrees.Span, 9);
        AssertRow([11.495912, 0.124776, 117.432259], truth.Span, 0);
        AssertRow([5.941968, -6.687587, 68.010635], truth.Span, 19);
        AssertForecast(request, truth, "linear-regression", [13.820635, -1.479001, 99.947751], [21.337584, -12.328046, 12.033488], 26.099710);
        AssertForecast(request, truth, "velocity", [12.956240, -1.254846, 108.164495], [18.962903, -10.686104, 54.191470], 17.125993);
        AssertForecast(request, truth, "hold", [12.640100, -0.758464, 111.005180], [12.640100, -0.758464, 111.005180], 14.521953);
    }

    [Fact]
    public async Task G3_the_whole_trace_of_video_4_user_83()
    {
        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, SharedData.Folder("viewport"));

        Assert.Equal(31.071565, Group(run.Score("linear-regression")), Error);
        Assert.Equal(30.338600, Group(run.Score("velocity")), Error);
        Assert.Equal(17.128615, Group(run.Score("hold")), Error);

        static double Group(MethodScore score)
        {
            var group = score.Groups.Single(group => group.Name == "video4/user83");
            Assert.Equal(14, group.Cases);
            return group.Metrics["mae_ref"];
        }
    }

    [Fact]
    public async Task G4_a_seam_inside_the_history()
    {
        var (request, truth) = await WindowAsync("Jin2022", 4, 83, 105);
        var history = request.HistoryDegrees.ToArray();
        var velocity = Requests.Predict("velocity", request);
        var unwrapped = Requests.Predict("velocity-unwrap", request);

        Assert.Equal([-173.327988, -171.929352, 158.952637], [history[2], history[^4], history[^1]], (a, b) => Math.Abs(a - b) < Angle);
        Assert.Equal(897.354024, velocity.At(20, axis: 2), Angle);
        Assert.Equal(65.850941, Measure(velocity, truth)[WindowErrors.MaeRef], Error);
        Assert.Equal(35.187975, Measure(velocity, truth)[WindowErrors.MaeCircular], Error);
        Assert.Equal(-262.645976, unwrapped.At(20, axis: 2), Angle);
        Assert.Equal(97.354024, unwrapped.Wrapped(19).Yaw, Angle);
        Assert.Equal(10.340834, Measure(unwrapped, truth)[WindowErrors.MaeRef], Error);
        Assert.Equal(41.957682, Measure(Requests.Predict("linear-regression", request), truth)[WindowErrors.MaeRef], Error);
        Assert.Equal(23.766077, Measure(Requests.Predict("linear-regression-unwrap", request), truth)[WindowErrors.MaeRef], Error);
        Assert.Equal(17.889768, Measure(Requests.Predict("hold", request), truth)[WindowErrors.MaeRef], Error);
    }

    [Fact]
    public async Task The_golden_windows_beside_the_data_are_met_by_every_method()
    {
        var path = Path.Combine(SharedData.Folder("viewport"), "baselines.json");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        foreach (var golden in document.RootElement.GetProperty("golden_windows").EnumerateArray())
        {
            var (request, truth) = await WindowAsync(
                golden.GetProperty("dataset").GetString()!,
                golden.GetProperty("video").GetInt32(),
                golden.GetProperty("user").GetInt32(),
                golden.GetProperty("start").GetInt32());
            foreach (var (key, method) in PublishedBaselineTests.Methods)
            {
                var expected = golden.GetProperty(key);
                var errors = AssertForecast(
                    request,
                    truth,
                    method,
                    Row(expected.GetProperty("first")),
                    Row(expected.GetProperty("last")),
                    expected.GetProperty("mae_ref").GetDouble());
                Assert.Equal(expected.GetProperty("mae_circular").GetDouble(), errors[WindowErrors.MaeCircular], Error);
            }
        }
    }

    private static async Task<(ViewportRequest Request, ReadOnlyMemory<float> Truth)> WindowAsync(string dataset, int video, int user, int start)
    {
        Assert.Equal("Jin2022", dataset);
        var query = new Telecom.Sdk.Datasets.DatasetQuery
        {
            Path = SharedData.Folder("viewport"),
            Split = "test",
            Settings = new Dictionary<string, string> { ["videos"] = $"{video}", ["users"] = $"{user}" },
        };
        var traces = new List<ViewportTrace>();
        await foreach (var trace in new Jin2022Dataset().ReadAsync(query, TestContext.Current.CancellationToken))
        {
            traces.Add(trace);
        }

        var windows = WindowSet.Cut(traces, new() { History = 10, Horizon = 20, Head = 30, Tail = 60, Step = 15 }, GapPolicy.Keep);
        var window = windows.Starts.IndexOf(start);
        return (windows.RequestOf(window), windows.FutureOf(window));
    }

    private static double[] AssertForecast(
        ViewportRequest request, ReadOnlyMemory<float> truth, string method, double[] first, double[] last, double maeRef)
    {
        var forecast = Requests.Predict(method, request);
        AssertRow(first, forecast.RawDegrees.Span, 0);
        AssertRow(last, forecast.RawDegrees.Span, 19);
        var errors = Measure(forecast, truth);
        Assert.Equal(maeRef, errors[WindowErrors.MaeRef], Error);
        return errors;
    }

    private static double[] Measure(ViewportForecast forecast, ReadOnlyMemory<float> truth)
    {
        var errors = new double[WindowErrors.Columns];
        WindowErrors.Measure(forecast.RawDegrees.Span, truth.Span, 5, errors);
        return errors;
    }

    private static void AssertRow(double[] expected, ReadOnlySpan<float> rows, int row)
    {
        for (var axis = 0; axis < expected.Length; axis++)
        {
            Assert.Equal(expected[axis], rows[(row * Requests.Axes) + axis], Angle);
        }
    }

    private static double[] Row(JsonElement row) => [.. row.EnumerateArray().Select(value => value.GetDouble())];
}
