namespace Telecom.Runtime.Plugins;

/// <summary>A valid <c>plugin.json</c>.</summary>
public sealed record PluginManifest
{
    /// <summary>Plugin id, equal to the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>Semantic version of the plugin.</summary>
    public required string Version { get; init; }

    /// <summary>File name of the main assembly.</summary>
    public required string Main { get; init; }

    /// <summary>Contract the plugin was written for.</summary>
    public required PluginContract Contract { get; init; }

    /// <summary>Target framework, e.g. <c>net10.0</c>.</summary>
    public required string TargetFramework { get; init; }

    /// <summary>What the plugin offers.</summary>
    public required IReadOnlyList<ManifestTask> Tasks { get; init; }

    /// <summary>Base transformer the plugin needs; null when any or none will do.</summary>
    public ManifestBase? RequiredBase { get; init; }

    /// <summary>What the plugin wants to do besides computing: <c>network</c>, <c>filesystem</c>, <c>nativeCode</c>, <c>training</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>Limits the plugin asks for; the host clamps them to its own.</summary>
    public ManifestLimits Limits { get; init; } = new();

    /// <summary>Names of contract assemblies, without extension, whose types this plugin exchanges with other plugins.</summary>
    public IReadOnlyList<string> SharedAssemblies { get; init; } = [];

    /// <summary>Members this host does not know; they are ignored.</summary>
    public IReadOnlyList<string> UnknownMembers { get; init; } = [];

    /// <summary>Ids of the tasks, without datasets.</summary>
    public IEnumerable<string> TaskIds => Tasks.Where(task => task.Kind is not ManifestTaskKind.Dataset).Select(task => task.Name).Distinct();

    /// <summary>Ids of the datasets.</summary>
    public IEnumerable<string> DatasetIds => Tasks.Where(task => task.Kind is ManifestTaskKind.Dataset).Select(task => task.Name);
}
