using System.CommandLine;
using System.CommandLine.Invocation;
using Telecom.Host.Terminal;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Measurement;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary>The <c>telecom</c> command: parses, runs one verb, and turns failures into one line and an exit code.</summary>
internal static class CommandLine
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Shell shell, CancellationToken cancellationToken)
    {
        shell = shell with { Arguments = arguments };

        // '@file' is not special here: a request or a setting may begin with '@'.
        var parse = Build(shell).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction)
        {
            var problems = parse.Errors.SelectMany(error => error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            await shell.Error.WriteLineAsync($"{string.Join(' ', problems)} See '{PathOf(parse.CommandResult.Command)} --help'.");
            return ExitCodes.Usage;
        }

        try
        {
            return await parse.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = shell.Output,
                    Error = shell.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
        }
#pragma warning disable CA1031 // the last place that can turn a failure into an exit code
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await shell.Error.WriteLineAsync(Describe(exception, shell, cancellationToken));
            var isInterrupted = cancellationToken.IsCancellationRequested;
            return exception is OperationCanceledException && !isInterrupted ? ExitCodes.Failure : ExitCodes.Of(exception);
        }
    }

    private static RootCommand Build(Shell shell)
    {
        var host = new HostOptions(shell);
        var root = new RootCommand("Answers networking questions with plugins that share one frozen base model.")
        {
            TasksCommand.Create(host, shell),
            DatasetsCommand.Create(host, shell),
            EvaluateCommand.Create(host, shell),
            TrainCommand.Create(host, shell),
            PredictCommand.Create(host, shell),
            SimulateCommand.Create(host, shell),
            PluginsCommand.Create(host, shell),
            ModelsCommand.Create(host, shell),
            KeysCommand.Create(host, shell),
            BenchCommand.Create(host, shell, MeasurementSuites.All),
            OpenApiCommand.Create(host, shell),
            DoctorCommand.Create(host, shell),
        };
        host.AddTo(root);
        ServeCommand.AddTo(root, host, shell);
        VerbHelp.Use(root);
        return root;
    }

    private static string PathOf(Command command) =>
        command is RootCommand || command.Parents.OfType<Command>().FirstOrDefault() is not { } parent
            ? "telecom"
            : $"{PathOf(parent)} {command.Name}";

    private static string Describe(Exception exception, Shell shell, CancellationToken cancellationToken) => exception switch
    {
        _ when shell.IsDebugging => exception.ToString(),
        OperationCanceledException when cancellationToken.IsCancellationRequested => "Interrupted.",
        IProblemReport { Problems.Count: > 1 } report =>
            string.Join(Environment.NewLine, report.Problems.Select(problem => OneLine($"{report.Place}: {problem}"))),
        TelecomException or IOException or UnauthorizedAccessException => OneLine(exception.Message),
        _ => $"Unexpected failure: {OneLine(exception.Message)} ({exception.GetType().Name}; TELECOM_DEBUG=1 shows where).",
    };

    /// <returns>A message without line ends.</returns>
    public static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
