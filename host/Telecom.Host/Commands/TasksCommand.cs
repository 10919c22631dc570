using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Sdk.Settings;

namespace Telecom.Host.Commands;

/// <summary><c>tasks [list]</c> and <c>tasks show T</c>.</summary>
internal static class TasksCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var output = VerbOptions.Output();
        var list = new Command("list", "All tasks.");
        var command = new Command("tasks", "Tasks, their methods, schemas and datasets.") { output, list, Show(host, shell, output) };
        command.SetAction(ListAsync);
        list.SetAction(ListAsync);
        return command;

        async Task<int> ListAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            using var loggers = shell.CreateLoggers(LogLevel.Error);
            await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
            var tasks = runtime.Tasks.Select(definition => TaskDocument.Of(definition, runtime)).ToList();
            if (parse.IsJson(output))
            {
                shell.WriteJson(new(tasks), HostJson.Default.ItemsDocumentTaskDocument);
            }
            else
            {
                WriteList(shell, tasks);
            }

            return ExitCodes.Ok;
        }
    }

    private static Command Show(HostOptions host, Shell shell, Option<string> output)
    {
        var task = VerbOptions.Task();
        var show = new Command("show", "One task: methods, schemas, datasets that fit.") { task };
        show.SetAction(async (parse, cancellationToken) =>
        {
            using var loggers = shell.CreateLoggers(LogLevel.Error);
            await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
            var document = TaskDocument.Of(runtime.Task(parse.GetRequiredValue(task)), runtime);
            if (parse.IsJson(output))
            {
                shell.WriteJson(document, HostJson.Default.TaskDocument);
            }
            else
            {
                Write(shell, document);
            }

            return ExitCodes.Ok;
        });
        return show;
    }

    private static void WriteList(Shell shell, List<TaskDocument> tasks)
    {
        var table = Tables.Create("task", "title", "methods", "default", "datasets");
        foreach (var task in tasks)
        {
            table.Add(
                task.Id,
                task.Title,
                task.Methods.Count.ToString(CultureInfo.InvariantCulture),
                task.Default,
                string.Join(", ", task.Datasets));
        }

        shell.Write(table);
    }

    private static void Write(Shell shell, TaskDocument task)
    {
        shell.Write(new Text($"{task.Id}: {task.Title}\n{task.Description}\n\n"));
        var methods = Tables.Create("method", "kind", string.Empty, "summary");
        foreach (var method in task.Methods)
        {
            var role = method.Id == task.Default ? "default" : method.Id == task.Fallback ? "fallback" : string.Empty;
            methods.Add(method.Id, method.Kind, role, method.Summary);
        }

        shell.Write(methods);
        foreach (var method in task.Methods.Where(method => method.Settings.Count > 0))
        {
            shell.Write(new Text($"settings of {method.Id}: {Pairs(method.Settings)}\n"));
        }

        if (task.Benchmark is { } benchmark)
        {
            shell.Write(new Text(
                $"settings of the benchmark: {Pairs(benchmark.Settings)}\n"
                + $"split: {benchmark.DefaultSplit}\nsample dataset: {benchmark.SampleDataset}\n"));
            var metrics = Tables.Create("metric", "unit", "better", "definition");
            foreach (var metric in benchmark.Metrics)
            {
                metrics.Add(metric.Name, metric.Unit, metric.LowerIsBetter ? "lower" : "higher", metric.Description);
            }

            shell.Write(metrics);
        }

        if (task.Simulator is { } simulator)
        {
            shell.Write(new Text($"simulator: {simulator.Description}\nsettings of the simulator: {Pairs(simulator.Settings)}\n"));
        }

        shell.Write(new Text($"datasets: {string.Join(", ", task.Datasets)}\n"));
        WriteDocument(shell, "request", task.RequestSchema);
        WriteDocument(shell, "answer", task.ResponseSchema);
        WriteDocument(shell, "example", task.Example);
    }

    private static string Pairs(IReadOnlyList<SettingDescriptor> settings) =>
        string.Join(' ', settings.Select(setting => $"{setting.Name}={setting.Default}"));

    private static void WriteDocument(Shell shell, string title, JsonNode document)
    {
        shell.Output.Write($"\n{title}:\n");
        shell.WriteJson(writer => document.WriteTo(writer, JsonSerializerOptions.Web));
    }
}
