namespace Telecom.Runtime.Plugins;

/// <summary>The file <c>plugin-trust.json</c>.</summary>
internal sealed record PluginTrustDocument
{
    /// <summary><c>open</c>, <c>hash</c> or <c>signed</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Fingerprints that may be loaded in mode <c>hash</c>.</summary>
    public IReadOnlyList<string>? Fingerprints { get; init; }

    /// <summary>Public keys in PEM that may sign in mode <c>signed</c>.</summary>
    public IReadOnlyList<string>? Keys { get; init; }
}
