namespace Telecom.Runtime.Plugins;

/// <summary>A plugin version as the journal names it.</summary>
/// <param name="PluginId">Plugin id.</param>
/// <param name="Fingerprint">Fingerprint of its folder.</param>
internal sealed record JournalEntry(string PluginId, string Fingerprint);
