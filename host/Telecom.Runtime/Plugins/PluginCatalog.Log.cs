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

    [LoggerMessage(EventIds.PluginUnloaded, LogLevel.Debug, "Plugin {Id} is unloaded")]
    private static partial void LogUnloaded(ILogger logger, string id);

    [LoggerMessage(
        EventIds.PluginUnloadPending,
        LogLevel.Warning,
        "Plugin {Id} was released but is still in memory. Suspects: a task, dataset or exception that is kept, a thread, a timer, a static event")]
    private static partial void LogUnloadPending(ILogger logger, string id);

    [LoggerMessage(EventIds.PluginReleaseFailed, LogLevel.Error, "Plugin {Id} failed while being disposed")]
    private static partial void LogReleaseFailed(ILogger logger, string id, Exception exception);
}
