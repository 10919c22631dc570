namespace Telecom.Runtime.Plugins;

/// <summary>One version of a plugin folder, from the moment it was found until nothing of it is left.</summary>
internal sealed class PluginEntry(string path, PluginRecord record)
{
    /// <summary>The folder as the user sees it.</summary>
    public string Path { get; set; } = path;

    /// <summary>What lists show.</summary>
    public PluginRecord Record { get; set; } = record;

    /// <summary>The loaded plugin; null where loading was refused or everything was released.</summary>
    public LoadedPlugin? Plugin { get; set; }

    /// <summary>What answers its requests; null where nothing does.</summary>
    public PluginRoute? Route { get; set; }

    /// <summary>Whether its tasks and datasets are offered, if only to say that they are in quarantine.</summary>
    public bool IsOffered => Plugin is not null && Record.State is PluginState.Active or PluginState.Quarantined;
}
