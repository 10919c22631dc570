using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Documents;

/// <summary>A plugin as command line and REST show it.</summary>
internal sealed record PluginDocument
{
    public required string Id { get; init; }

    public required string? Version { get; init; }

    public required string State { get; init; }

    /// <summary>Wire name of what keeps it from being active.</summary>
    public required string? Code { get; init; }

    public required string? Reason { get; init; }

    public required string Folder { get; init; }

    public required IReadOnlyList<string> Tasks { get; init; }

    public required IReadOnlyList<string> Datasets { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime Since { get; init; }

    public static PluginDocument Of(PluginStatus plugin) => new()
    {
        Id = plugin.Id,
        Version = plugin.Version,
        State = plugin.State,
        Code = plugin.Code?.WireName(),
        Reason = plugin.Reason,
        Folder = plugin.Folder,
        Tasks = plugin.Tasks,
        Datasets = plugin.Datasets,
        Since = plugin.Since.UtcDateTime,
    };

    public static PluginDocument Of(PluginRecord plugin) => new()
    {
        Id = plugin.Id,
        Version = plugin.Version,
        State = plugin.State.ToString(),
        Code = plugin.Error?.WireName(),
        Reason = plugin.Reason,
        Folder = plugin.Folder,
        Tasks = plugin.Tasks,
        Datasets = plugin.Datasets,
        Since = plugin.SinceUtc.UtcDateTime,
    };
}
