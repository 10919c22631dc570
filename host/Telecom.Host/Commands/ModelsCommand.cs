using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Modeling.Checkpoints;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;

namespace Telecom.Host.Commands;

/// <summary><c>models [list]</c>, <c>verify DIR</c>, <c>info DIR</c>, <c>forward</c>, <c>import</c>, <c>export</c> and <c>merge</c>.</summary>
internal static class ModelsCommand
{
    public static Command Create(HostOptions host, Shell shell)
    {
        var output = VerbOptions.Output();
        var list = new Command("list", "Weights of every learned method.");
        list.SetAction(ListAsync);
        var command = new Command("models", "Weights: bases, bundles and adapters.")
        {
            output,
            list,
            Verify(shell, output),
            Info(shell, output),
            ModelsForwardCommand.Create(host, shell),
            ModelsImportCommand.Create(host, shell, output),
            ModelsExportCommand.Create(host, shell, output),
            ModelsMergeCommand.Create(host, shell, output),
        };
        command.SetAction(ListAsync);
        return command;

        async Task<int> ListAsync(ParseResult parse, CancellationToken cancellationToken)
        {
            using var loggers = shell.CreateLoggers(LogLevel.Error);
            await using var runtime = await host.StartAsync(parse, [], loggers, cancellationToken);
            var models = runtime.Models;
            if (parse.IsJson(output))
            {
                shell.WriteJson(new(models), HostJson.Default.ItemsDocumentModelRecord);
                return ExitCodes.Ok;
            }

            var table = Tables.Create("task", "method", "version", "status", "base", "folder", "reason");
            foreach (var model in models)
            {
                table.Add(model.Task, model.Method, model.Version, model.Status, model.Base, model.Folder, model.Reason);
            }

            shell.Write(table);
            return ExitCodes.Ok;
        }
    }

    private static VerbCommand Verify(Shell shell, Option<string> output)
    {
        var folder = Folder();
        var verify = new VerbCommand(
            "verify",
            "Checks a folder completely, values included.",
            """
            Each problem is a line on standard error; the exit code is 5 then.

            Example:
              telecom models verify llama/
            """) { folder };
        verify.SetAction(parse =>
        {
            var path = Existing(shell, parse.GetRequiredValue(folder));
            var problems = CheckpointInspector.Verify(path);
            if (parse.IsJson(output))
            {
                shell.WriteJson(new(path, problems.Count == 0, problems), HostJson.Default.CheckpointProblemsDocument);
            }
            else if (problems.Count == 0)
            {
                shell.Output.WriteLine($"{path} is fine.");
            }

            foreach (var problem in problems)
            {
                shell.Error.WriteLine($"{path}: {CommandLine.OneLine(problem)}");
            }

            return problems.Count == 0 ? ExitCodes.Ok : ExitCodes.InputRejected;
        });
        return verify;
    }

    private static VerbCommand Info(Shell shell, Option<string> output)
    {
        var folder = Folder();
        var info = new VerbCommand(
            "info",
            "Says what a folder holds: kind, size, element types, fingerprint, its own description.",
            """
            Example:
              telecom models info my-lora/ --output json
            """) { folder };
        info.SetAction(parse =>
        {
            var path = Existing(shell, parse.GetRequiredValue(folder));
            var document = CheckpointDocument.Of(path, CheckpointInspector.Describe(path));
            if (parse.IsJson(output))
            {
                shell.WriteJson(document, HostJson.Default.CheckpointDocument);
            }
            else
            {
                Write(shell, document);
            }

            return ExitCodes.Ok;
        });
        return info;
    }

    private static Argument<string> Folder() => new("folder") { Description = "Folder of a base, bundle or adapter.", HelpName = "DIR" };

    private static string Existing(Shell shell, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new TelecomException(ErrorCode.NotFound, $"The folder {folder} does not exist.");
        }

        NativeRuntime.EnsureLoaded(shell.Native);
        return Path.GetFullPath(folder);
    }

    private static void Write(Shell shell, CheckpointDocument document)
    {
        var table = Tables.Create("what", "value");
        table.Add("folder", document.Folder);
        table.Add("kind", document.Kind);
        table.Add("name", document.Name);
        table.Add("parameters", document.ParameterCount.ToString(CultureInfo.InvariantCulture));
        table.Add("tensors", string.Create(CultureInfo.InvariantCulture, $"{document.TensorCount} ({Types(document)})"));
        table.Add("bytes", document.DataBytes.ToString(CultureInfo.InvariantCulture));
        table.Add("fingerprint", document.Fingerprint);
        table.Add("needs base", document.RequiredBaseFingerprint ?? "none");
        foreach (var warning in document.Warnings)
        {
            table.Add("warning", warning);
        }

        shell.Write(table);
        shell.Write(new Text("description:\n"));
        shell.WriteJson(document.Configuration.WriteTo);
    }

    private static string Types(CheckpointDocument document) =>
        string.Join(", ", document.TensorsByDataType.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value} {pair.Key}")));
}
