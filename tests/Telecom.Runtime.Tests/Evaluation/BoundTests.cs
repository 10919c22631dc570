using System.Text.Json.Nodes;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tests.Evaluation;

/// <summary>Bounds stand beside the methods of a report, and rows may name the method where the task wants it.</summary>
public sealed class BoundTests
{
    [Theory]
    [InlineData("", "sum analytic, other analytic, genie bound, broken bound")]
    [InlineData("all", "sum analytic, other analytic, genie bound, broken bound")]
    [InlineData("sum", "sum analytic")]
    [InlineData("genie", "genie bound")]
    [InlineData("other,genie", "other analytic, genie bound")]
    public async Task Bounds_are_reported_where_all_or_they_are_wanted(string methods, string expected)
    {
        await using var host = await ToyHost.StartAsync();

        var report = await EvaluateAsync(host, methods, rows: null);

        Assert.Equal(expected, string.Join(", ", report.Methods.Select(method => $"{method.Method} {method.Kind}")));
        if (methods.Length == 0)
        {
            Assert.Equal(("ok", 42), (report.Methods[2].Status, report.Methods[2].Metrics!["mae"]));
            Assert.Equal("failed", report.Methods[3].Status);
            Assert.Contains("out of luck", report.Methods[3].Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rows_hold_the_method_in_its_column()
    {
        await using var host = await ToyHost.StartAsync();
        var rows = host.Unused("rows.csv");

        await EvaluateAsync(host, "sum,genie", rows);

        Assert.Equal(["case,policy,y", "0,sum,1", "0,genie,2"], await File.ReadAllLinesAsync(rows, ToyHost.Token));
    }

    private static Task<EvaluationReport> EvaluateAsync(ToyHost host, string methods, string? rows) =>
        host.Server((TaskDefinition<ToyRequest, ToyAnswer>)new BoundedTask().Define()).EvaluateAsync(
            new() { Task = "toy-bounded", Methods = methods.Split(',', StringSplitOptions.RemoveEmptyEntries), RowsPath = rows }, null, ToyHost.Token);

    [ExportTask("toy-bounded")]
    private sealed class BoundedTask : TelecomTask<ToyRequest, ToyAnswer>
    {
        protected override void Configure(TaskBuilder<ToyRequest, ToyAnswer> task) => task
            .Json(ToyJson.Default.ToyRequest, ToyJson.Default.ToyAnswer)
            .Method("sum", "sum", new ToyAnalytic(1, new()))
            .Method("other", "sum", new ToyAnalytic(1, new()))
            .Benchmark(new Bounded())
            .Example(new JsonObject { ["x"] = new JsonArray(1, 2, 3) });
    }

    private sealed class Bounded : IBenchmark<ToyRequest, ToyAnswer>, IBenchmarkRun<ToyRequest, ToyAnswer>
    {
        public BenchmarkDescriptor Descriptor { get; } = new([new("mae", "", true, "")], [], "test", "toy") { Bounds = ["genie", "broken"] };

        public int Cases => 1;

        public IReadOnlyDictionary<string, object> Settings { get; } = new Dictionary<string, object>();

        public IReadOnlyList<string> Notes => [];

        public IReadOnlyList<string> RowColumns => ["case", "policy", "y"];

        public string MethodColumn => "policy";

        public ValueTask<IBenchmarkRun<ToyRequest, ToyAnswer>> PrepareAsync(BenchmarkContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IBenchmarkRun<ToyRequest, ToyAnswer>>(this);

        public MethodScore Score(
            IMethod<ToyRequest, ToyAnswer> method,
            Action<IReadOnlyList<string>>? row,
            IProgress<ProgressReport>? progress,
            CancellationToken cancellationToken)
        {
            row?.Invoke(["0", string.Empty, "1"]);
            return new(new Dictionary<string, double> { ["mae"] = 1 }, []);
        }

        public MethodScore ScoreBound(
            string bound, Action<IReadOnlyList<string>>? row, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
        {
            row?.Invoke(["0", string.Empty, "2"]);
            return bound == "genie" ? new(new Dictionary<string, double> { ["mae"] = 42 }, []) : throw new FormatException("out of luck");
        }
    }
}
