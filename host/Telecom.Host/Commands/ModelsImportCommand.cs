using System.CommandLine;
using System.Globalization;
using Telecom.Host.Documents;
using Telecom.Host.Terminal;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Checkpoints;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Commands;

/// <summary><c>models import DIR</c>: checks an adapter in PEFT layout against a base and takes it into the store.</summary>
internal sealed class ModelsImportCommand
{
    private const string Details =
        """
        Examples:
          telecom models import my-lora/ --base llama/
          telecom models import my-lora/ --base llama/ --name weather --output json
        """;

    private readonly HostOptions host;
    private readonly Shell shell;
    private readonly Option<string> output;
    private readonly Argument<string> folder = new("folder")
    {
        Description = $"Folder with {BundleLayout.AdapterConfiguration} and {BundleLayout.AdapterWeights}.",
        HelpName = "DIR",
    };

    private readonly Option<string?> name = new("--name") { Description = "Name in the store; default: the folder's.", HelpName = "NAME" };
    private readonly Option<bool> anyBase = new("--allow-base-mismatch")
    {
        Description = "Accepts an adapter that was trained on another base of the same shapes.",
    };

    private ModelsImportCommand(HostOptions host, Shell shell, Option<string> output)
    {
        this.host = host;
        this.shell = shell;
        this.output = output;
    }

    public static Command Create(HostOptions host, Shell shell, Option<string> output)
    {
        var verb = new ModelsImportCommand(host, shell, output);
        var command = new VerbCommand("import", "Takes an adapter in PEFT layout into the state folder, as the next version of its name, after checking it against the base.", Details) { verb.folder, verb.name, verb.anyBase };
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var source = Path.GetFullPath(parse.GetRequiredValue(folder));
        if (!Directory.Exists(source))
        {
            throw new TelecomException(ErrorCode.NotFound, $"The folder {source} does not exist.");
        }

        var wanted = parse.GetValue(name) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(source));
        AdapterStore.RequireName(wanted);
        var store = new AdapterStore(host.StateDirectory(parse));
        var document = await host.RunOnBaseAsync(
            parse,
            model =>
            {
                using var adapter = Check(source, model, parse.GetValue(anyBase));
                return AdapterDocument.Of(store.Add(wanted, source), adapter, model);
            },
            cancellationToken);
        Write(document, parse.IsJson(output));
        return ExitCodes.Ok;
    }

    /// <summary>Loads the adapter; what stands against it in the files alone and on this base is listed together.</summary>
    private static Adapter Check(string source, BaseModel model, bool allowBaseMismatch)
    {
        var inFiles = CheckpointInspector.Verify(source);
        try
        {
            var adapter = PeftFolder.Open(source).Load(model.Weights, allowBaseMismatch);
            if (inFiles.Count == 0)
            {
                return adapter;
            }

            adapter.Dispose();
        }
        catch (TelecomException exception) when (inFiles.Count > 0)
        {
            var onBase = exception is IProblemReport report ? report.Problems : [exception.Message];
            var others = onBase.Where(problem => !inFiles.Any(line => line.EndsWith(problem, StringComparison.Ordinal)));
            throw new BundleInvalidException(source, [.. inFiles, .. others]);
        }

        throw new BundleInvalidException(source, inFiles);
    }

    private void Write(AdapterDocument document, bool asJson)
    {
        if (asJson)
        {
            shell.WriteJson(document, HostJson.Default.AdapterDocument);
            return;
        }

        var table = Tables.Create("what", "value");
        table.Add("name", document.Name);
        table.Add("version", document.Version.ToString(CultureInfo.InvariantCulture));
        table.Add("folder", document.Folder);
        table.Add("method", document.Method);
        table.Add("largest rank", document.Rank.ToString(CultureInfo.InvariantCulture));
        table.Add("parameters", document.Parameters.ToString(CultureInfo.InvariantCulture));
        table.Add("base", document.Base);
        shell.Write(table);
    }
}
