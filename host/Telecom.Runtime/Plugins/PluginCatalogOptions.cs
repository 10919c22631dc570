namespace Telecom.Runtime.Plugins;

/// <summary>Where plugins come from and what they must fit.</summary>
public sealed record PluginCatalogOptions
{
    /// <summary>
    /// Folders of plugin folders, in order: where two offer the same name, the first wins. A folder with a manifest of its own counts as one plugin.
    /// </summary>
    public required IReadOnlyList<string> Directories { get; init; }

    /// <summary>State folder of the host; plugins are loaded from copies below it.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The base of this host; null when plugins of every base may load.</summary>
    public PluginHostBase? Base { get; init; }

    /// <summary>Directory of the plugins that come with the host; nobody uploads to it or removes from it. Null for none.</summary>
    public string? HostDirectory { get; init; }

    /// <summary>How patiently folders are followed.</summary>
    internal LifecycleTimes Times { get; init; } = new();

    /// <summary>Whether each directory is a plugin folder itself even without a manifest, so that the refusal can say what is missing.</summary>
    internal bool IsSingle { get; init; }
}
