using System.CommandLine;
using Telecom.Host.Predictions;
using Telecom.Host.Terminal;
using Telecom.Runtime.Serving;

namespace Telecom.Host.Commands;

/// <summary><c>predict T --input FILE|-</c>: one request or an array of requests, answered without a running host.</summary>
internal static class PredictCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var task = VerbOptions.Task();
        var method = new Option<string?>("--method") { Description = "Method that answers; default: the task's.", HelpName = "METHOD" };
        var adapter = new Option<string?>("--adapter")
        {
            Description = "Adapter of the state folder's store that answers instead of the bundle's own.",
            HelpName = "NAME[@VERSION]",
        };
        var bundle = VerbOptions.Bundle();
        var input = VerbOptions.Input();
        var output = new Option<string>("--output") { Description = "json, the only form answers have.", HelpName = "json" };
        output.AcceptOnlyFromAmong("json");

        var command = new Command("predict", "Answers one request or a JSON array of requests, in order.") { task, method, adapter, bundle, input, output };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var requests = RequestDocuments.Split(await shell.ReadAsync(parse.GetRequiredValue(input), cancellationToken));
            using var loggers = shell.CreateLoggers(LogLevel.Error);
            PredictionAnswer[] answers;
            await using (var runtime = await host.StartAsync(parse, parse.GetValue(bundle) ?? [], loggers, cancellationToken))
            {
                var definition = runtime.Task(parse.GetRequiredValue(task));
                var options = new PredictionOptions
                {
                    Method = parse.GetValue(method) is { } given ? definition.Method(given).Id : null,
                    Adapter = parse.GetValue(adapter),
                };
                answers = await PredictionBatch.PredictAsync(runtime.Predictions, definition.Id, options, requests, null, cancellationToken);
            }

            shell.WriteJson(writer => PredictionJson.Write(writer, answers, requests.IsArray));
            return ExitCodes.Ok;
        });
        return command;
    }
}
