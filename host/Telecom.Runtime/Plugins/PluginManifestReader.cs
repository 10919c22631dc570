using System.Text.Json;
using System.Text.RegularExpressions;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;

namespace Telecom.Runtime.Plugins;

/// <summary>Reads and validates <c>plugin.json</c>.</summary>
internal static partial class PluginManifestReader
{
    public const string FileName = "plugin.json";

    private static readonly string[] KnownCapabilities = ["network", "filesystem", "nativeCode", "training"];

    /// <exception cref="TelecomException"><see cref="ErrorCode.ManifestInvalid"/>, naming every missing or wrong member.</exception>
    /// <param name="folder">The plugin folder.</param>
    /// <param name="requiresFolderName">Whether the folder must be named after the plugin.</param>
    public static PluginManifest Read(string folder, bool requiresFolderName = true)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new TelecomException(
                ErrorCode.ManifestInvalid,
                $"'{folder}' has no {FileName}. A plugin folder needs one with id, version, main, contract, targetFramework and tasks.");
        }

        try
        {
            using var stream = File.OpenRead(path);
            var document = JsonSerializer.Deserialize(stream, PluginJson.Default.PluginManifestDocument);
            return document is null
                ? throw new TelecomException(ErrorCode.ManifestInvalid, $"'{path}' is null; it must be a JSON object.")
                : Validate(document, path, requiresFolderName ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) : null);
        }
        catch (JsonException exception)
        {
            var pointer = JsonPointers.FromPath(exception.Path);
            var where = pointer.Length == 0 ? string.Empty : $" {pointer}";
            throw new TelecomException(ErrorCode.ManifestInvalid, $"'{path}'{where} {JsonPointers.Explain(exception)}", exception);
        }
    }

    private static PluginManifest Validate(PluginManifestDocument document, string path, string? folderName)
    {
        var errors = new ManifestErrors();
        var unknown = new List<string>(document.Unknown?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>());
        var id = errors.Matching("id", document.Id, IdPattern(), "1 to 64 of a-z, 0-9, '.', '-', beginning with a letter or digit");
        errors.Require(id.Length == 0 || folderName is null || id == folderName, $"id is '{id}' but the folder is named '{folderName}': give both the same name.");
        var manifest = new PluginManifest
        {
            Id = id,
            Version = errors.Matching("version", document.Version, SemanticVersion(), "a semantic version such as 1.0.0"),
            Main = Main(document, errors),
            Contract = Contract(document, errors),
            TargetFramework = errors.Matching("targetFramework", document.TargetFramework, Framework(), "a framework such as net10.0"),
            Tasks = Tasks(document.Tasks, errors, unknown),
            RequiredBase = RequiredBase(document.Requires, errors, unknown),
            Capabilities = Capabilities(document.Capabilities, errors),
            Limits = Limits(document.Limits, errors, unknown),
            SharedAssemblies = SharedAssemblies(document.SharedAssemblies, errors),
            UnknownMembers = unknown,
        };
        errors.Require(
            !manifest.SharedAssemblies.Contains(Path.GetFileNameWithoutExtension(manifest.Main)),
            "sharedAssemblies names the main assembly; put the types that plugins exchange into an assembly of their own.");
        errors.ThrowIfAny(path);
        return manifest;
    }

    private static string Main(PluginManifestDocument document, ManifestErrors errors)
    {
        var main = errors.Text("main", document.Main);
        var isFileName = main.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && main.IndexOfAny(['/', '\\', ':']) < 0 && main is not "..dll";
        errors.Require(main.Length == 0 || isFileName, $"main is '{main}'; it must be the file name of a .dll in this folder, without any path.");
        return main;
    }

    private static PluginContract Contract(PluginManifestDocument document, ManifestErrors errors)
    {
        var text = errors.Text("contract", document.Contract);
        errors.Require(
            PluginContract.TryParse(text, out var contract) || text.Length == 0,
            $"contract is '{text}'; it must be major.minor, e.g. {PluginContract.Host}.");
        return contract;
    }

    private static List<ManifestTask> Tasks(JsonElement element, ManifestErrors errors, List<string> unknown)
    {
        var tasks = new List<ManifestTask>();
        foreach (var (item, name) in errors.Items("tasks", element, isRequired: true))
        {
            var members = errors.Members(name, item, unknown, "name", "kind", "title");
            var id = errors.Matching($"{name}.name", members[0], IdPattern(), "1 to 64 of a-z, 0-9, '.', '-'");
            var kind = errors.Choice($"{name}.kind", members[1], ["predict", "train", "dataset"]);
            var title = errors.Text($"{name}.title", members[2]);
            var task = new ManifestTask(id, (ManifestTaskKind)Math.Max(kind, 0), title);
            errors.Require(
                id.Length == 0 || !tasks.Exists(other => other.Name == id && other.Kind == task.Kind),
                $"{name}.name '{id}' is listed twice.");
            tasks.Add(task);
        }

        return tasks;
    }

    private static ManifestBase? RequiredBase(JsonElement element, ManifestErrors errors, List<string> unknown)
    {
        if (element.ValueKind is JsonValueKind.Undefined)
        {
            return null;
        }

        var requirement = errors.Members("requires", element, unknown, "base")[0];
        if (requirement.ValueKind is JsonValueKind.Undefined)
        {
            return null;
        }

        var members = errors.Members("requires.base", requirement, unknown, "family", "hidden", "minVersion");
        var family = errors.Text("requires.base.family", members[0]);
        var hidden = errors.Integer("requires.base.hidden", members[1], 1);
        errors.Require(hidden is not null || members[1].ValueKind is not JsonValueKind.Undefined, "requires.base.hidden is missing.");
        var minimum = members[2].ValueKind is JsonValueKind.Undefined
            ? null
            : errors.Matching("requires.base.minVersion", members[2], SemanticVersion(), "a semantic version such as 1.0.0");
        return new(family, hidden ?? 0, minimum);
    }

    private static List<string> Capabilities(JsonElement element, ManifestErrors errors)
    {
        var capabilities = new List<string>();
        foreach (var (item, name) in errors.Items("capabilities", element, isRequired: false))
        {
            var index = errors.Choice(name, item, KnownCapabilities);
            if (index >= 0)
            {
                capabilities.Add(KnownCapabilities[index]);
            }
        }

        return capabilities;
    }

    private static List<string> SharedAssemblies(JsonElement element, ManifestErrors errors) =>
    [
        .. errors.Items("sharedAssemblies", element, isRequired: false)
            .Select(item => errors.Matching(item.Name, item.Item, AssemblyName(), "an assembly name without extension, e.g. Acme.Radio.Contracts"))
            .Distinct(),
    ];

    private static ManifestLimits Limits(JsonElement element, ManifestErrors errors, List<string> unknown)
    {
        if (element.ValueKind is JsonValueKind.Undefined)
        {
            return new();
        }

        var members = errors.Members("limits", element, unknown, "maxBatchRows", "maxQueueDelayMs", "timeoutMs", "memoryMb");
        return new()
        {
            MaxBatchRows = errors.Integer("limits.maxBatchRows", members[0], 1),
            MaxQueueDelayMs = errors.Integer("limits.maxQueueDelayMs", members[1], 0),
            TimeoutMs = errors.Integer("limits.timeoutMs", members[2], 1),
            MemoryMb = errors.Integer("limits.memoryMb", members[3], 1),
        };
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{0,63}\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A(?!.*\.dll\z)[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*\z", RegexOptions.IgnoreCase)]
    private static partial Regex AssemblyName();

    // Grammar of SemVer 2: three numbers without leading zeros, then optional pre-release and build identifiers.
    [GeneratedRegex(
        @"\A(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}" +
        @"(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?" +
        @"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z")]
    private static partial Regex SemanticVersion();

    [GeneratedRegex(@"\Anet[1-9][0-9]*\.[0-9]+\z")]
    private static partial Regex Framework();
}
