namespace Telecom.Runtime.Plugins;

/// <summary>How often the process died while code of a plugin version ran.</summary>
/// <param name="Plugin">Plugin id.</param>
/// <param name="Fingerprint">Fingerprint of its folder; another version is not under suspicion.</param>
/// <param name="Times">How often in a row.</param>
internal sealed record PluginCrashes(string Plugin, string Fingerprint, int Times);
