using System.CommandLine;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Native;

namespace Telecom.Host.Commands;

/// <summary><c>models export SOURCE --out DIR</c>: the adapter of a bundle or of the store as a folder that PEFT reads.</summary>
internal static class ModelsExportCommand
{
    private const string Details =
        """
        Examples:
          telecom models export weather --out weather-peft/
          telecom models export weather@1 --out first-version/
          telecom models export telecom-data/bundles/TASK/METHOD/1 --out task-peft/
        """;

    public static Command Create(HostOptions host, Shell shell, Option<string> output)
    {
        var source = new Argument<string>("adapter") { Description = "Bundle or adapter folder, or an adapter of the store.", HelpName = AdapterReference.Help };
        var target = new Option<string>("--out") { Description = "Folder to write; must not exist, or be empty.", HelpName = "DIR", Required = true };
        var command = new VerbCommand("export", "Writes the adapter of a bundle, or of the store, as a folder that PEFT reads.", Details) { source, target };
        command.SetAction(parse =>
        {
            var folder = AdapterReference.Folder(parse.GetRequiredValue(source), host.StateDirectory(parse));
            var written = Path.GetFullPath(parse.GetRequiredValue(target));
            BundleWriter.RequireVacant(written);
            NativeRuntime.EnsureLoaded(shell.Native);
            if (CheckpointInspector.Verify(folder) is { Count: > 0 } problems)
            {
                throw new BundleInvalidException(folder, problems);
            }

            AdapterStore.Copy(folder, written);
            Write(shell, written, parse.IsJson(output));
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Says which folder was written.</summary>
    public static void Write(Shell shell, string folder, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(new(folder), HostJson.Default.FolderDocument);
            return;
        }

        shell.Output.WriteLine(folder);
    }
}
