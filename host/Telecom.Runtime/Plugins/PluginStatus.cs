using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>One plugin folder as it is now, for listing.</summary>
public sealed record PluginStatus
{
    /// <summary>Plugin id; the folder name where the manifest cannot be read.</summary>
    public required string Id { get; init; }

    /// <summary>Version of the manifest; null where it cannot be read.</summary>
    public required string? Version { get; init; }

    /// <summary>State of the plugin, e.g. <c>Active</c>, <c>Rejected</c>, <c>Incompatible</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why it is not active; null when it is.</summary>
    public required ErrorCode? Code { get; init; }

    /// <summary>The same in words, with what to do about it; null when it is active.</summary>
    public required string? Reason { get; init; }

    /// <summary>Folder the plugin was found in.</summary>
    public required string Folder { get; init; }

    /// <summary>Ids of the tasks it serves.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>Ids of the datasets it offers.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }

    /// <summary>When it entered this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <returns>What lists show of a record.</returns>
    internal static PluginStatus Of(PluginRecord record) => new()
    {
        Id = record.Id,
        Version = record.Version,
        State = record.State.ToString(),
        Code = record.Error,
        Reason = record.Reason,
        Folder = record.Folder,
        Tasks = record.Tasks,
        Datasets = record.Datasets,
        Since = record.SinceUtc,
    };
}
