using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Runtime.Training;

namespace Telecom.Host.Commands;

/// <summary><c>train T --method M</c>: trains a learned method and writes its bundle.</summary>
internal sealed class TrainCommand
{
    private readonly HostOptions host;
    private readonly Shell shell;
    private readonly Argument<string> task = VerbOptions.Task();
    private readonly Option<string> method = new("--method") { Description = "Learned method to train.", HelpName = "METHOD", Required = true };
    private readonly Option<string?> data = VerbOptions.Data();
    private readonly Option<string[]> set = VerbOptions.Set();
    private readonly Option<int> seed = VerbOptions.Seed();
    private readonly Option<bool> resume = new("--resume") { Description = "Continues what an interrupted run left in the output folder." };
    private readonly Option<string> output = VerbOptions.Output();
    private readonly Option<string?> folder = new("--out")
    {
        Description = "Bundle folder to write; default: the next version in the state folder.",
        HelpName = "DIR",
    };

    private TrainCommand(HostOptions host, Shell shell)
    {
        this.host = host;
        this.shell = shell;
    }

    public static Command Create(HostOptions host, Shell shell)
    {
        var verb = new TrainCommand(host, shell);
        var command = new Command("train", "Trains a learned method; Ctrl-C leaves a resumable checkpoint.")
        {
            verb.task, verb.method, verb.data, verb.folder, verb.set, verb.seed, verb.resume, verb.output,
        };
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var request = new TrainingRequest
        {
            Task = parse.GetRequiredValue(task),
            Method = parse.GetRequiredValue(method),
            Data = parse.GetValue(data),
            OutputDirectory = parse.GetValue(folder) is { } given ? Path.GetFullPath(given) : null,
            Settings = parse.Pairs(set),
            Seed = parse.GetValue(seed),
            Resume = parse.GetValue(resume),
            Command = string.Join(' ', WithoutLocalOptions(shell.Arguments).Select(Quote).Prepend("telecom")),
        };
        using var loggers = shell.CreateLoggers(LogLevel.Error);
        await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
        TrainingReport report;
        using (var progress = new ConsoleProgress(shell))
        {
            report = await TrainAsync(runtime.Trainings, request, progress, cancellationToken);
        }

        Print(report, parse.IsJson(output));
        return ExitCodes.Ok;
    }

    private async Task<TrainingReport> TrainAsync(
        ITrainingService trainings, TrainingRequest request, ConsoleProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return await trainings.TrainAsync(request, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            progress.Dispose();
            await shell.Error.WriteLineAsync("The run was stopped; the same command with --resume continues it.");
            throw;
        }
    }

    private void Print(TrainingReport report, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(report, HostJson.Default.TrainingReport);
            return;
        }

        var table = Tables.Create("what", "value");
        table.Add("bundle", report.Bundle);
        table.Add("base", report.Base);
        table.Add("trained parameters", report.TrainableParameters.ToString(CultureInfo.InvariantCulture));
        table.Add("examples per epoch", report.Examples.ToString(CultureInfo.InvariantCulture));
        table.Add("best epoch", report.BestEpoch.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in report.Metrics)
        {
            table.Add(name, Tables.Figure(value));
        }

        table.Add("time", $"{Tables.Figure(report.Seconds)} s, {Tables.Figure(report.ExamplesPerSecond)} examples/s");
        shell.Write(new Text($"{report.Task} {report.Method}\n"));
        shell.Write(table);
    }

    // Where a run keeps its files changes nothing about its result, and such paths are nobody else's business: the card leaves them out.
    private static IEnumerable<string> WithoutLocalOptions(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i].Split('=')[0];
            if (name is "--state" or "--plugins" or "--out" or "--output")
            {
                i += arguments[i].Contains('=', StringComparison.Ordinal) ? 0 : 1;
            }
            else if (name != "--resume")
            {
                yield return arguments[i];
            }
        }
    }

    // The card shows a command that can be pasted into a shell again.
    private static string Quote(string word) =>
        word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || "-_=./,:+@%".Contains(character, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
