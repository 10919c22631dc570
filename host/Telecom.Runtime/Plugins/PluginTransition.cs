using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>One step in the life of a plugin version.</summary>
/// <param name="Plugin">Plugin id.</param>
/// <param name="Version">Version of its manifest; null where it could not be read.</param>
/// <param name="Fingerprint">Fingerprint of its folder; null where it was not read that far.</param>
/// <param name="From">State before; null when the folder was found.</param>
/// <param name="To">State from now on.</param>
/// <param name="Code">Kind of failure; null where none is the cause.</param>
/// <param name="Reason">Cause in words.</param>
/// <param name="AtUtc">When.</param>
public sealed record PluginTransition(
    string Plugin,
    string? Version,
    string? Fingerprint,
    PluginState? From,
    PluginState To,
    ErrorCode? Code,
    string Reason,
    DateTimeOffset AtUtc);
