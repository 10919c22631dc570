using Microsoft.Extensions.Logging;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>All plugins of a host: what loaded, what did not and why, and the tasks and datasets that came of it.</summary>
/// <remarks>A plugin that fails never keeps another from loading. Immutable until disposed, so it may be read from any thread.</remarks>
public sealed partial class PluginCatalog : IAsyncDisposable
{
    private const int CollectionRounds = 10;

    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly List<LoadedPlugin> loaded = [];
    private ContractContext? contracts = new();
    private PluginRecord[] plugins = [];
    private LoadedTask[] tasks = [];
    private DatasetCatalog datasets;

    private PluginCatalog(TimeProvider time, ILogger logger)
    {
        this.time = time;
        this.logger = logger;
        datasets = new([], () => plugins);
    }

    /// <summary>Every folder that was found, in the order of directories and names.</summary>
    public IReadOnlyList<PluginRecord> Plugins => plugins;

    /// <summary>Every task, ordered by id; empty once disposed.</summary>
    public IReadOnlyList<LoadedTask> Tasks => tasks;

    /// <summary>Every dataset.</summary>
    public IDatasetCatalog Datasets => datasets;

    /// <summary>Assemblies that plugins take from this host: name to version.</summary>
    public static IReadOnlyDictionary<string, Version> HostAssemblies => SharedAssemblies.Host.Versions;

    /// <summary>Loads every plugin of the directories.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/> when a directory does not exist; never because of a plugin.</exception>
    public static PluginCatalog Load(PluginCatalogOptions options, TimeProvider time, ILogger<PluginCatalog> logger)
    {
        var catalog = new PluginCatalog(time, logger);
        catalog.plugins = [.. PluginFolders.Find(options).Select(path => catalog.LoadOne(path, options))];
        catalog.tasks =
        [
            .. catalog.loaded
                .SelectMany(plugin => plugin.Tasks.Select(task =>
                    new LoadedTask(task, plugin.Manifest.Id, plugin.Manifest.Version, plugin.Folder, plugin.Manifest.Limits.MaxBatchRows)))
                .OrderBy(task => task.Definition.Id, StringComparer.Ordinal),
        ];
        catalog.datasets = new(catalog.loaded.SelectMany(plugin => plugin.Datasets), () => catalog.plugins);
        return catalog;
    }

    /// <returns>The task of that id.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/>, listing the tasks and naming a plugin that would offer it but does not serve.
    /// </exception>
    public LoadedTask Task(string id) =>
        Array.Find(tasks, task => task.Definition.Id == id)
        ?? throw new TelecomException(
            ErrorCode.NotFound,
            $"There is no task '{id}'. Tasks: {Listing.Of(tasks.Select(task => task.Definition.Id))}." +
            Listing.WhyMissing(plugins, plugin => plugin.Tasks, id));

    /// <returns>The folder a plugin was loaded from, with shipped bundles in <c>model/&lt;method&gt;/</c>; null if it is not loaded.</returns>
    public string? Folder(string pluginId) => loaded.Find(plugin => plugin.Manifest.Id == pluginId)?.Folder;

    /// <summary>
    /// Releases every plugin, last loaded first, and deletes its copy once nothing of it is in memory. Callers must have dropped tasks, datasets and
    /// everything made from them.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        tasks = [];
        datasets.Clear();
        for (var index = loaded.Count - 1; index >= 0; index--)
        {
            Release(loaded[index]);
        }

        contracts?.Unload();
        contracts = null;
        CollectUntilUnloaded();
        foreach (var plugin in loaded)
        {
            Conclude(plugin);
        }

        loaded.Clear();
        return ValueTask.CompletedTask;
    }

    private PluginRecord LoadOne(string path, PluginCatalogOptions options)
    {
        var candidate = new PluginCandidate(path);
        PluginRecord record;
        try
        {
            loaded.Add(candidate.Load(options, contracts!, CheckNames));
            record = candidate.Record(PluginState.Active, time.GetUtcNow());
            LogActive(logger, record.Id, record.Version, string.Join(", ", record.Tasks), string.Join(", ", record.Datasets));
        }
        catch (Exception exception) when (exception is TelecomException or IOException or UnauthorizedAccessException)
        {
            // The exception itself may hold on to types of the plugin: only its code and text are kept.
            var failure = new TelecomException((exception as TelecomException)?.Code ?? ErrorCode.PluginUnavailable, exception.Message);
            var state = failure.Code is ErrorCode.BaseIncompatible ? PluginState.Incompatible : PluginState.Rejected;
            record = candidate.Record(state, time.GetUtcNow(), failure);
            LogRejected(logger, record.Id, state, failure.Code.WireName(), record.Reason, path);
        }

        foreach (var warning in record.Warnings)
        {
            LogWarning(logger, record.Id, warning);
        }

        return record;
    }

    private void CheckNames(PluginManifest manifest)
    {
        if (loaded.Find(plugin => plugin.Manifest.Id == manifest.Id) is { } twin)
        {
            throw new TelecomException(
                ErrorCode.TaskNameTaken,
                $"A plugin '{manifest.Id}' (version {twin.Manifest.Version}) is loaded already from a folder that comes first. Remove one of them.");
        }

        foreach (var plugin in loaded)
        {
            CheckNames("task", plugin, plugin.Manifest.TaskIds.Intersect(manifest.TaskIds, StringComparer.OrdinalIgnoreCase));
            CheckNames("dataset", plugin, plugin.Manifest.DatasetIds.Intersect(manifest.DatasetIds, StringComparer.OrdinalIgnoreCase));
        }
    }

    private static void CheckNames(string kind, LoadedPlugin owner, IEnumerable<string> taken)
    {
        if (taken.FirstOrDefault() is { } name)
        {
            throw new TelecomException(
                ErrorCode.TaskNameTaken,
                $"The {kind} '{name}' is offered by plugin '{owner.Manifest.Id}' already. Rename it, or remove one of the two plugins.");
        }
    }

    private void Release(LoadedPlugin plugin)
    {
        try
        {
            plugin.Release();
        }
        catch (Exception exception)
        {
            LogReleaseFailed(logger, plugin.Manifest.Id, exception);
        }
    }

    // The context is finalizable, so one collection never suffices; more than a few rounds mean that somebody holds it.
    private void CollectUntilUnloaded()
    {
        for (var round = 0; round < CollectionRounds && loaded.Exists(plugin => plugin.IsAlive); round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private void Conclude(LoadedPlugin plugin)
    {
        var isAlive = plugin.IsAlive;
        var index = Array.FindIndex(plugins, record => record.Id == plugin.Manifest.Id && record.State is PluginState.Active);
        var record = plugins[index] with
        {
            State = isAlive ? PluginState.UnloadPending : PluginState.Unloaded,
            Reason = isAlive ? "Released, but something still holds its assemblies in memory." : null,
            SinceUtc = time.GetUtcNow(),
        };
        plugins = [.. plugins[..index], record, .. plugins[(index + 1)..]];
        if (isAlive)
        {
            LogUnloadPending(logger, plugin.Manifest.Id);
        }
        else
        {
            plugin.DeleteCopy();
            LogUnloaded(logger, plugin.Manifest.Id);
        }
    }
}
