namespace Telecom.Client.Documents;

/// <summary>State of one plugin.</summary>
public sealed record PluginInfo
{
    /// <summary>Plugin id, the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>SemVer of the plugin; null where its manifest could not be read.</summary>
    public string? Version { get; init; }

    /// <summary>
    /// <c>Discovered</c>, <c>Verified</c>, <c>Loading</c>, <c>Active</c>, <c>Draining</c>, <c>Unloading</c>, <c>Unloaded</c>, <c>Disabled</c>,
    /// <c>Rejected</c>, <c>Incompatible</c>, <c>Quarantined</c>, <c>Superseded</c> or <c>UnloadPending</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>snake_case code of what keeps it from being active; null when nothing does.</summary>
    public string? Code { get; init; }

    /// <summary>The same in a sentence, with what to do.</summary>
    public string? Reason { get; init; }

    /// <summary>Its folder on the host.</summary>
    public required string Folder { get; init; }

    /// <summary>Ids of its tasks.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>Ids of its datasets.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }

    /// <summary>When it entered this state.</summary>
    public required DateTimeOffset Since { get; init; }
}
