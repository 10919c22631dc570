using System.CommandLine;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary><c>plugins [list]</c>, <c>add</c>, <c>remove</c>, <c>verify DIR</c> and <c>pack DIR --out FILE</c>.</summary>
internal static class PluginsCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var output = VerbOptions.Output();
        var list = new Command("list", "All plugin folders; refused ones with the reason.");
        list.SetAction(ListAsync);
        var command = new Command("plugins", "Folders that bring tasks and datasets.")
        {
            output, list, Add(host, shell, output), Remove(host, shell), Verify(shell, output), Pack(shell, output),
        };
        command.SetAction(ListAsync);
        return command;

        async Task<int> ListAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            // The list says why a folder was refused: the log would say it twice.
            using var loggers = shell.CreateLoggers(LogLevel.None);
            await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
            Print(shell, [.. runtime.Plugins.Select(PluginDocument.Of)], parse.IsJson(output));
            return ExitCodes.Ok;
        }
    }

    private static Command Add(HostOptions host, Shell shell, Option<string> output)
    {
        var source = Folder("Plugin folder, or a zip of one.");
        var add = new Command("add", "Puts a plugin into the plugin folder; a host that serves takes it at once.") { source };
        add.SetAction(async (parse, cancellationToken) =>
        {
            var directory = host.Read(parse).PluginDirectories[^1];
            var record = await PluginInstaller.AddAsync(parse.GetRequiredValue(source), directory, shell.Time, cancellationToken);
            Print(shell, [PluginDocument.Of(record)], parse.IsJson(output));
            return ExitCodes.Ok;
        });
        return add;
    }

    private static Command Remove(HostOptions host, Shell shell)
    {
        var id = new Argument<string>("id") { Description = "Plugin id.", HelpName = "ID" };
        var remove = new Command("remove", "Deletes a plugin from the plugin folder; a host that serves unloads it.") { id };
        remove.SetAction(parse =>
        {
            shell.Output.WriteLine(PluginInstaller.Remove(parse.GetRequiredValue(id), host.Read(parse).PluginDirectories[^1]));
            return ExitCodes.Ok;
        });
        return remove;
    }

    private static Command Verify(Shell shell, Option<string> output)
    {
        var folder = Folder("Plugin folder, or a folder of plugin folders.");
        var verify = new Command("verify", "Loads a folder as the host does and explains a refusal.") { folder };
        verify.SetAction(async (parse, cancellationToken) =>
        {
            var records = await PluginVerifier.VerifyAsync(parse.GetRequiredValue(folder), shell.Time, cancellationToken);
            Print(shell, [.. records.Select(PluginDocument.Of)], parse.IsJson(output));
            foreach (var warning in records.SelectMany(record => record.Warnings.Select(warning => $"{record.Id}: {warning}")))
            {
                await shell.Error.WriteLineAsync(warning);
            }

            if (records.Count == 0)
            {
                throw new TelecomException(ErrorCode.NotFound, $"There is no plugin in {parse.GetRequiredValue(folder)}.");
            }

            return records.All(record => record.State == PluginState.Active) ? ExitCodes.Ok : ExitCodes.InputRejected;
        });
        return verify;
    }

    private static Command Pack(Shell shell, Option<string> output)
    {
        var folder = Folder("Plugin folder.");
        var file = new Option<string>("--out") { Description = "Zip file to write.", HelpName = "FILE", Required = true };
        var pack = new Command("pack", "Packs a plugin folder without what the host brings itself.") { folder, file };
        pack.SetAction(parse =>
        {
            var report = PluginPacker.Pack(parse.GetRequiredValue(folder), parse.GetRequiredValue(file));
            if (parse.IsJson(output))
            {
                shell.WriteJson(report, HostJson.Default.PackReport);
                return ExitCodes.Ok;
            }

            shell.Output.WriteLine(report.Path);
            shell.Output.WriteLine($"fingerprint {report.Fingerprint}");
            shell.Output.WriteLine($"packed: {string.Join(", ", report.Packed)}");
            shell.Output.WriteLine($"left out: {(report.LeftOut.Count == 0 ? "nothing" : string.Join(", ", report.LeftOut))}");
            return ExitCodes.Ok;
        });
        return pack;
    }

    private static Argument<string> Folder(string description) => new("folder") { Description = description, HelpName = "DIR" };

    private static void Print(Shell shell, List<PluginDocument> plugins, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(new(plugins), HostJson.Default.ItemsDocumentPluginDocument);
            return;
        }

        var table = Tables.Create("plugin", "version", "state", "tasks", "datasets", "folder", "reason");
        foreach (var plugin in plugins)
        {
            table.Add(
                plugin.Id,
                plugin.Version,
                plugin.State,
                string.Join(", ", plugin.Tasks),
                string.Join(", ", plugin.Datasets),
                plugin.Folder,
                plugin.Code is null ? string.Empty : $"{plugin.Code}: {plugin.Reason}");
        }

        shell.Write(table);
    }
}
