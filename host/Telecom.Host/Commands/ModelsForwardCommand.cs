using System.CommandLine;
using Telecom.Host.Documents;
using Telecom.Host.Models;
using Telecom.Host.Terminal;

namespace Telecom.Host.Commands;

/// <summary><c>models forward --base DIR --input FILE|-</c>: tokens or embeddings through a base.</summary>
internal static class ModelsForwardCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var input = VerbOptions.Input();
        var command = new Command("forward", "Runs tokens or embeddings through a base and writes JSON.") { input };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var body = await shell.ReadAsync(parse.GetRequiredValue(input), cancellationToken);
            var answer = await host.RunOnBaseAsync(
                parse,
                model => ForwardRun.Run(model, ForwardRequest.Read(body, model.Configuration), cancellationToken),
                cancellationToken);
            shell.WriteJson(answer, ForwardJson.Default.ForwardDocument);
            return ExitCodes.Ok;
        });
        return command;
    }
}
