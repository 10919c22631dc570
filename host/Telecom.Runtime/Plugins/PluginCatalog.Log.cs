using Microsoft.Extensions.Logging;

namespace Telecom.Runtime.Plugins;

public sealed partial class PluginCatalog
{
    [LoggerMessage(EventIds.PluginActive, LogLevel.Information, "Plugin {Id} {Version} is active: tasks [{Tasks}], datasets [{Datasets}]")]
    private static partial void LogActive(ILogger logger, string id, string? version, string tasks, string datasets);

    [LoggerMessage(EventIds.PluginRejected, LogLevel.Error, "Plugin {Id} is {State} ({Code}): {Reason} Folder: {Folder}")]
    private static partial void LogRejected(ILogger logger, string id, PluginState state, string? code, string? reason, string folder);

    [LoggerMessage(EventIds.PluginWarning, LogLevel.Warning, "Plugin {Id}: {Warning}")]
    private static partial void LogWarning(ILogger logger, string id, string warning);

    [LoggerMessage(EventIds.PluginMoved, LogLevel.Debug, "Plugin {Id} {Version}: {Before} -> {State}: {Reason}")]
    private static partial void LogMoved(ILogger logger, string id, string? version, PluginState? before, PluginState state, string reason);

    [LoggerMessage(EventIds.PluginUnloadPending, LogLevel.Warning, "Plugin {Id} {Version} stays in memory: {Reason}")]
    private static partial void LogUnloadPending(ILogger logger, string id, string? version, string reason);

    [LoggerMessage(EventIds.PluginReleaseFailed, LogLevel.Error, "Plugin {Id} failed while being disposed: {Failure}")]
    private static partial void LogReleaseFailed(ILogger logger, string id, string failure);

    [LoggerMessage(EventIds.PluginQuarantined, LogLevel.Error, "Plugin {Id} {Version} is in quarantine: {Reason}")]
    private static partial void LogQuarantined(ILogger logger, string id, string? version, string reason);
}
