using System.Globalization;
using Telecom.Datasets.Viewport;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Viewport.Tests;

public sealed class ViewportBenchmarkTests : IDisposable
{
    private const string OneTrace = """{"Jin2022":{"test":{"videos":[4],"users":[83]}}}""";

    private readonly TemporaryFolder root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public void The_published_metrics_stand_first()
    {
        var descriptor = Benchmarks.Task.Benchmark!;

        Assert.Equal(["mae_ref", "mae_circular", "rmse_circular", "great_circle_deg"], descriptor.Metrics.Take(4).Select(metric => metric.Name));
        Assert.Equal(descriptor.Metrics.Count, descriptor.Metrics.DistinctBy(metric => metric.Name).Count());
        Assert.Equal(("test", "head-motion"), (descriptor.DefaultSplit, descriptor.SampleDataset));
        Assert.Equal(
            ["dataset=Jin2022", "history=10", "horizon=20", "head=30", "tail=60", "step=15"],
            descriptor.Settings
                .Where(setting => setting.Name is not ("rate" or "splits" or "allow-missing"))
                .Select(setting => $"{setting.Name}={setting.Default}"));
    }

    [Fact]
    public async Task Without_data_the_generated_set_is_scored()
    {
        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, path: null);

        // 4 videos, 8 users, 14 windows each.
        Assert.Equal(448, run.Cases);
        Assert.Equal("head-motion", run.Settings["dataset"]);
        Assert.Empty(run.Notes);
    }

    [Fact]
    public async Task A_dataset_can_be_named_by_its_id()
    {
        var run = await Benchmarks.PrepareAsync(new DataSource(FixedCatalog.Shipped, null, "head-motion"), "valid");

        Assert.Equal(3 * 6 * 14, run.Cases);
    }

    [Theory]
    [InlineData("HeadMotion")]
    [InlineData("head-motion")]
    [InlineData("Jin2022")]
    public async Task A_folder_that_the_generator_wrote_is_found(string dataset)
    {
        await new HeadMotionDataset().WriteAsync(root.Path, new() { Split = "test" }, null, TestContext.Current.CancellationToken);

        var written = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root.Path, [("dataset", dataset)]);
        var generated = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, path: null);

        Assert.Equal(generated.Score("linear-regression").Metrics, written.Score("linear-regression").Metrics);
        Assert.Equal(dataset == "Jin2022" ? 1 : 0, written.Notes.Count);
    }

    [Fact]
    public async Task Settings_take_effect_and_are_reported()
    {
        WriteTrace(4, 83, 100);
        root.Write("splits.json", OneTrace);

        var run = await Benchmarks.PrepareAsync(
            FixedCatalog.Shipped, root.Path, [("history", "5"), ("horizon", "7"), ("head", "20"), ("tail", "30"), ("step", "10")]);

        Assert.Equal(5, run.Cases);
        Assert.Equal(
            new Dictionary<string, object>
            {
                ["dataset"] = "Jin2022",
                ["rate"] = 5.0,
                ["history"] = 5,
                ["horizon"] = 7,
                ["head"] = 20,
                ["tail"] = 30,
                ["step"] = 10,
            },
            run.Settings);
    }

    [Fact]
    public async Task Metrics_beyond_the_horizon_are_left_out()
    {
        WriteTrace(4, 83, 100);
        root.Write("splits.json", OneTrace);

        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root.Path, [("horizon", "10")]);
        var names = run.Score("hold").Metrics.Keys.ToList();

        Assert.Contains("mae_circular_2s", names);
        Assert.DoesNotContain("mae_circular_3s", names);
        Assert.DoesNotContain("mae_circular_4s", names);
    }

    [Fact]
    public async Task Rows_and_groups_tell_the_same_story_as_the_totals()
    {
        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, path: null);
        var rows = new List<IReadOnlyList<string>>();
        var reports = new List<ProgressReport>();

        var score = run.Score(Requests.Analytic("velocity"), rows.Add, new Collector(reports), TestContext.Current.CancellationToken);

        Assert.Equal(["video", "user", "start", "mae_ref", "mae_circular", "rmse_circular", "great_circle_deg"], run.RowColumns.Take(7));
        Assert.Equal(run.Cases, rows.Count);
        Assert.All(rows, row => Assert.Equal(run.RowColumns.Count, row.Count));
        foreach (var metric in new[] { "mae_ref", "mae_circular", "great_circle_deg", "mae_ref_yaw", "mae_circular_4s", "fov_overlap" })
        {
            var column = run.RowColumns.ToList().IndexOf(metric);

            // Rows are rounded to six decimals.
            Assert.Equal(score.Metrics[metric], rows.Average(row => double.Parse(row[column], CultureInfo.InvariantCulture)), 1e-6);
            Assert.Equal(score.Metrics[metric], score.Groups.Sum(group => group.Cases * group.Metrics[metric]) / run.Cases, 1e-9);
        }

        var squares = run.RowColumns.ToList().IndexOf("rmse_circular");
        Assert.Equal(
            score.Metrics["rmse_circular"],
            Math.Sqrt(rows.Average(row => Math.Pow(double.Parse(row[squares], CultureInfo.InvariantCulture), 2))),
            1e-5);
        Assert.Equal(run.Cases, score.Groups.Sum(group => group.Cases));
        Assert.Equal(score.Groups.Select(group => group.Name), rows.Select(row => $"video{row[0]}/user{row[1]}").Distinct());
        Assert.Equal((256L, 448L), (reports[0].Done, reports[^1].Done));
    }

    [Fact]
    public async Task Short_files_give_no_windows_and_are_reported()
    {
        WriteTrace(4, 83, 100);
        WriteTrace(4, 15, 58);
        root.Write("splits.json", """{"Jin2022":{"test":{"videos":[4],"users":[15,83]}}}""");

        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root.Path);

        Assert.Equal(1, run.Cases);
        Assert.Contains("1 of 2 traces", Assert.Single(run.Notes), StringComparison.Ordinal);
        Assert.Equal("video4/user83", Assert.Single(run.Score("hold").Groups).Name);
    }

    [Fact]
    public async Task Windows_across_gaps_count_and_are_reported()
    {
        root.Write("splits.json", OneTrace);
        root.Write(
            "Jin2022/video4/5Hz/simple_5Hz_user83.csv",
            Rows(100, i => $"{(i * 0.2) + (i > 35 ? 9 : 0):F6},0,0,0\n"));

        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root.Path);

        Assert.Equal(1, run.Cases);
        Assert.Contains("1 windows span a recording gap", Assert.Single(run.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_split_without_windows_is_an_error_not_a_number()
    {
        WriteTrace(4, 83, 58);
        root.Write("splits.json", """{"Jin2022":{"test":{"videos":[4],"users":[83]},"valid":{"videos":[],"users":[83]}}}""");

        var tooShort = await Assert.ThrowsAsync<TelecomException>(
            async () => await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root.Path));
        var empty = await Assert.ThrowsAsync<TelecomException>(
            async () => await Benchmarks.PrepareAsync(new DataSource(FixedCatalog.Shipped, root.Path, null), "valid"));

        Assert.Equal(ErrorCode.DataRejected, tooShort.Code);
        Assert.Contains("head + tail = 90", tooShort.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.DataRejected, empty.Code);
        Assert.Contains("holds no traces", empty.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("head", "9")]
    [InlineData("tail", "19")]
    [InlineData("history", "1")]
    [InlineData("history", "101")]
    [InlineData("horizon", "0")]
    [InlineData("step", "0")]
    public async Task Settings_that_cut_outside_the_trace_are_refused(string name, string value)
    {
        var exception = await Assert.ThrowsAsync<TelecomException>(
            async () => await Benchmarks.PrepareAsync(FixedCatalog.Shipped, null, [(name, value)]));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains($"{name}={value}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_datasets_are_not_found()
    {
        var exception = await Assert.ThrowsAsync<TelecomException>(
            async () => await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root.Path, [("dataset", "Li2031")]));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
    }

    [Theory]
    [InlineData(float.NaN, 20, "not finite")]
    [InlineData(float.PositiveInfinity, 20, "not finite")]
    [InlineData(0f, 19, "19 steps where 20")]
    public async Task Answers_that_cannot_be_scored_are_a_fault_of_the_method(float value, int steps, string named)
    {
        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, path: null);

        var exception = Assert.Throws<TelecomException>(
            () => run.Score(new Constant(value, steps), null, null, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.PluginFault, exception.Code);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.Contains("video12/user19 at row 30", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scoring_stops_when_it_is_cancelled()
    {
        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, path: null);

        Assert.Throws<OperationCanceledException>(() => run.Score(Requests.Analytic("hold"), null, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Overlap_of_the_field_of_view_is_the_share_of_its_area()
    {
        var errors = new double[WindowErrors.Columns];

        // 50 degrees of yaw and 20 of pitch leave half of the width and 80 % of the height; roll plays no part.
        WindowErrors.Measure([0, 10, -170], [90, -10, 140], 5, errors);

        Assert.Equal(0.5 * 0.8, errors[WindowErrors.FieldOfViewOverlap], 1e-9);
    }

    private void WriteTrace(int video, int user, int rows) => root.Write(
        $"Jin2022/video{video}/5Hz/simple_5Hz_user{user}.csv",
        Rows(rows, i => $"{i * 0.2:F6},{i % 5},{i % 7},{i % 11}\n"));

    private static string Rows(int rows, Func<int, FormattableString> row) =>
        string.Concat(Enumerable.Range(0, rows).Select(i => row(i).ToString(CultureInfo.InvariantCulture)));

    private sealed class Constant(float value, int steps) : IMethod<ViewportRequest, ViewportForecast>
    {
        public void Predict(ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                results[i] = ViewportForecast.For(batch[i], [.. Enumerable.Repeat(value, steps * Requests.Axes)]);
            }
        }
    }

    private sealed class Collector(List<ProgressReport> reports) : IProgress<ProgressReport>
    {
        public void Report(ProgressReport value) => reports.Add(value);
    }
}
