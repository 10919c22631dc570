using System.CommandLine;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Runtime.Evaluation;
using Telecom.Sdk.Benchmarks;

namespace Telecom.Host.Commands;

/// <summary><c>evaluate T</c>: all methods of a task on the same cases.</summary>
internal static class EvaluateCommand
{
    private const string All = "all";
    private const string Ablation = "ablation";

    public static Command Create(HostOptions host, Shell shell)
    {
        var task = VerbOptions.Task();
        var data = VerbOptions.Data();
        var split = new Option<string?>("--split") { Description = "Split to score; default: the benchmark's.", HelpName = "SPLIT" };
        var methods = new Option<string[]>("--methods")
        {
            Description = "Method ids separated by commas, all, or ablation (all, plus the bundles trained on other bases).",
            HelpName = "a,b|all|ablation",
        };
        var set = VerbOptions.Set();
        var seed = VerbOptions.Seed();
        var rows = new Option<string?>("--rows") { Description = "CSV file for one row per case and method.", HelpName = "FILE.csv" };
        var bundle = VerbOptions.Bundle();
        var output = VerbOptions.Output();

        var command = new Command("evaluate", "Scores all methods of a task on the same cases.") { task, data, split, methods, set, seed, rows, bundle, output };
        command.SetAction(async (parse, cancellationToken) =>
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

            Print(shell, report, benchmark, parse.IsJson(output));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static List<string> MethodIds(string[]? given)
    {
        var ids = (given ?? [])
            .SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return ids.Contains(All) ? [.. ids.Where(id => id == Ablation)] : ids;
    }

    private static void Print(Shell shell, EvaluationDocument report, BenchmarkDescriptor? benchmark, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(report, ReportJson.Default.EvaluationDocument);
            return;
        }

        EvaluationTables.Write(shell, report, benchmark?.Metrics ?? []);
    }
}
