namespace Telecom.Runtime.Plugins;

/// <summary>The file of <see cref="PluginSwitches"/>.</summary>
internal sealed record PluginSwitchesDocument
{
    /// <summary>Ids of plugins that an operator switched off.</summary>
    public IReadOnlyList<string>? Disabled { get; init; }

    /// <summary>Versions that were running when the process died.</summary>
    public IReadOnlyList<PluginCrashes>? Crashed { get; init; }
}
