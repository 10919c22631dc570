using System.CommandLine;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Runtime.Evaluation;
using Telecom.Sdk.Benchmarks;

namespace Telecom.Host.Commands;

/// <summary><c>evaluate T</c>: all methods of a task on the same cases.</summary>
internal sealed class EvaluateCommand
{
    private const string All = "all";
    private const string Ablation = "ablation";

    private readonly HostOptions host;
    private readonly Shell shell;
    private readonly Argument<string> task = VerbOptions.Task();
    private readonly Option<string?> data = VerbOptions.Data();
    private readonly Option<string?> split = new("--split") { Description = "Split to score; default: the benchmark's.", HelpName = "SPLIT" };
    private readonly Option<string[]> set = VerbOptions.Set();
    private readonly Option<int> seed = VerbOptions.Seed();
    private readonly Option<string?> rows = new("--rows") { Description = "CSV file for one row per case and method.", HelpName = "FILE.csv" };
    private readonly Option<string[]> bundle = VerbOptions.Bundle();
    private readonly Option<string> output = VerbOptions.Output();
    private readonly Option<string[]> methods = new("--methods")
    {
        Description = "Method ids separated by commas, all, or ablation (all, plus the bundles trained on other bases).",
        HelpName = "a,b|all|ablation",
    };

    private EvaluateCommand(HostOptions host, Shell shell)
    {
        this.host = host;
        this.shell = shell;
    }

    public static Command Create(HostOptions host, Shell shell)
    {
        var verb = new EvaluateCommand(host, shell);
        var command = new Command("evaluate", "Scores all methods of a task on the same cases.")
        {
            verb.task, verb.data, verb.split, verb.methods, verb.set, verb.seed, verb.rows, verb.bundle, verb.output,
        };
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var request = new EvaluationRequest
        {
            Task = parse.GetRequiredValue(task),
            Data = parse.GetValue(data),
            Split = parse.GetValue(split),
            Methods = MethodIds(parse.GetValue(methods)),
            Settings = parse.Pairs(set),
            Seed = parse.GetValue(seed),
            RowsPath = parse.GetValue(rows),
        };
        using var loggers = shell.CreateLoggers(LogLevel.Error);
        await using var runtime = await host.StartAsync(parse, parse.GetValue(bundle) ?? [], loggers, cancellationToken);
        var benchmark = runtime.Task(request.Task).Benchmark;
        EvaluationDocument report;
        using (var progress = new ConsoleProgress(shell))
        {
            report = EvaluationDocument.Of(await runtime.Evaluations.EvaluateAsync(request, progress, cancellationToken));
        }

        Print(report, benchmark, parse.IsJson(output));
        return ExitCodes.Ok;
    }

    private static List<string> MethodIds(string[]? given)
    {
        var ids = (given ?? [])
            .SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return ids.Contains(All) ? [.. ids.Where(id => id == Ablation)] : ids;
    }

    private void Print(EvaluationDocument report, BenchmarkDescriptor? benchmark, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(report, ReportJson.Default.EvaluationDocument);
            return;
        }

        EvaluationTables.Write(shell, report, benchmark?.Metrics ?? []);
    }
}
