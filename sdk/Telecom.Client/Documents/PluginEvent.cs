namespace Telecom.Client.Documents;

/// <summary>One change of state of a plugin.</summary>
public sealed record PluginEvent
{
    /// <summary>Plugin id.</summary>
    public required string Plugin { get; init; }

    /// <summary>Its version; null where its manifest could not be read.</summary>
    public string? Version { get; init; }

    /// <summary>SHA-256 over its files; null where it was not computed.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>State before; null for the first.</summary>
    public string? From { get; init; }

    /// <summary>State after.</summary>
    public required string To { get; init; }

    /// <summary>snake_case code of a failure; null without one.</summary>
    public string? Code { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
