using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Commands;
using Telecom.Host.Terminal;
using Telecom.Host.Tests.Fakes;
using Telecom.Modeling.Measurement;
using Telecom.Sdk.Training;

namespace Telecom.Host.Tests;

public sealed class BenchCommandTests
{
    [Fact]
    public async Task Unknown_suite_is_not_found_and_the_known_ones_are_named()
    {
        var run = await CommandRun.OfAsync(new(), "bench", "nonesuch");

        Assert.Equal((3, string.Empty), (run.ExitCode, run.Output));
        Assert.Contains("'nonesuch': choose one of adapters, serving, checkpoint", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suite_must_be_named() => Assert.Equal(2, (await CommandRun.OfAsync(new(), "bench")).ExitCode);

    [Fact]
    public async Task Json_is_all_that_standard_output_gets()
    {
        var (output, error) = await RunAsync("bench made-up --output json");

        var document = JsonNode.Parse(output)!;
        Assert.Equal("made-up", (string?)document["suite"]);
        var rows = document["tables"]![0]!["rows"]!.AsArray();
        Assert.Equal(["slow", "fast"], rows.Select(row => (string?)row!["case"]));
        Assert.Equal((2.5, true), ((double)rows[1]!["ratio"]!, (bool)rows[1]!["isMet"]!));
        Assert.Contains("half way", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_shows_figures_and_whether_targets_are_met()
    {
        var (output, _) = await RunAsync("bench made-up");

        Assert.Contains("speeds of nothing", output, StringComparison.Ordinal);
        var fast = output.Split('\n').Single(line => line.Contains("fast", StringComparison.Ordinal));
        Assert.Equal(["fast", "4.000", "3.000", "2.500", "2.00", "yes"], fast.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<(string Output, string Error)> RunAsync(string line)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var shell = new Shell
        {
            Output = output,
            Error = error,
            OpenInput = () => Stream.Null,
            IsOutputTerminal = false,
            IsErrorTerminal = false,
            Time = TimeProvider.System,
            CreateLoggers = _ => NullLoggerFactory.Instance,
            StartRuntime = (_, _, _, _) => throw new InvalidOperationException("A benchmark starts no runtime."),
            FirstPartyPlugins = AppContext.BaseDirectory,
        };
        var exitCode = await BenchCommand.Create(new HostOptions(shell), shell, [new MadeUp()]).Parse(line.Split(' ')[1..])
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(0, exitCode);
        return (output.ToString(), error.ToString());
    }

    private sealed class MadeUp : IMeasurementSuite
    {
        public string Name => "made-up";

        public string Description => "nothing";

        public IReadOnlyList<MeasurementTable> Run(IProgress<ProgressReport> progress, CancellationToken cancellationToken)
        {
            progress.Report(new ProgressReport("half way", 1, 2));
            return [new MeasurementTable("speeds of nothing", [new("slow", 10, 9, 1, null), new("fast", 4, 3, 2.5, 2)])];
        }
    }
}
