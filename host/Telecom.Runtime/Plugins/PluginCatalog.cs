using Microsoft.Extensions.Logging;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>All plugins of a host: what loaded, what did not and why, and the tasks and datasets that came of it.</summary>
/// <remarks>
/// A plugin that fails never keeps another from loading. May be read from any thread; lists are snapshots. Plugins come and go one at a time, through
/// the <see cref="PluginLifecycle"/> of a host that watches its folders.
/// </remarks>
public sealed partial class PluginCatalog : IAsyncDisposable
{
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly PluginCatalogOptions options;
    private readonly Lock gate = new();
    private readonly List<PluginEntry> entries = [];
    private readonly DatasetCatalog datasets;
    private ContractContext? contracts = new();
    private volatile PluginRecord[] plugins = [];
    private volatile LoadedTask[] tasks = [];

    private PluginCatalog(PluginCatalogOptions options, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        datasets = new([], () => plugins);
    }

    /// <summary>Every version of every folder that was found, in the order of directories and names, later ones last.</summary>
    public IReadOnlyList<PluginRecord> Plugins => plugins;

    /// <summary>Every task, ordered by id; empty once disposed.</summary>
    public IReadOnlyList<LoadedTask> Tasks => tasks;

    /// <summary>Every dataset.</summary>
    public IDatasetCatalog Datasets => datasets;

    /// <summary>Assemblies that plugins take from this host: name to version.</summary>
    public static IReadOnlyDictionary<string, Version> HostAssemblies => SharedAssemblies.Host.Versions;

    /// <summary>Where loading is noted while it goes on; null where nobody reads it.</summary>
    internal RestartJournal? Journal { get; init; }

    /// <summary>What happened to plugins.</summary>
    internal PluginHistory History { get; } = new();

    /// <summary>Versions that are listed, in order.</summary>
    internal IReadOnlyList<PluginEntry> Entries
    {
        get
        {
            lock (gate)
            {
                return [.. entries];
            }
        }
    }

    /// <summary>Loads every plugin of the directories.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/> when a directory does not exist; never because of a plugin.</exception>
    public static PluginCatalog Load(PluginCatalogOptions options, TimeProvider time, ILogger<PluginCatalog> logger) =>
        Load(options, static _ => null, time, logger);

    /// <inheritdoc cref="Load(PluginCatalogOptions, TimeProvider, ILogger{PluginCatalog})"/>
    /// <param name="options">Where plugins come from and what they must fit.</param>
    /// <param name="refusal">Why a folder shall not be loaded, by its manifest and fingerprint; null to load it.</param>
    /// <param name="time">Clock of the records.</param>
    /// <param name="logger">Told what happens to plugins.</param>
    /// <param name="journal">Where loading is noted while it goes on; null for nowhere.</param>
    internal static PluginCatalog Load(
        PluginCatalogOptions options,
        Func<PluginCandidate, PluginHold?> refusal,
        TimeProvider time,
        ILogger<PluginCatalog> logger,
        RestartJournal? journal = null)
    {
        var catalog = new PluginCatalog(options, time, logger) { Journal = journal };
        foreach (var path in PluginFolders.Find(options))
        {
            var entry = catalog.Prepare(path, null, refusal);
            catalog.Add(entry);
            if (entry.Plugin is not null)
            {
                catalog.Move(entry, PluginState.Active, null, "It was found at start.");
            }
        }

        return catalog;
    }

    /// <returns>The task of that id.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/>, listing the tasks and naming a plugin that would offer it but does not serve;
    /// <see cref="ErrorCode.PluginUnavailable"/> when that plugin is in quarantine, switched off or on its way.
    /// </exception>
    public LoadedTask Task(string id) => Array.Find(tasks, task => task.Definition.Id == id) ?? throw WhyMissing(id);

    /// <returns>What to tell who asks for a task that no version answers right now.</returns>
    internal TelecomException WhyNotServed(string id) => Array.Exists(tasks, task => task.Definition.Id == id)
        ? new TelecomException(ErrorCode.PluginUnavailable, $"Task '{id}' is not serving yet: try again.")
        : WhyMissing(id);

    /// <returns>The folder a plugin was loaded from, with shipped bundles in <c>model/&lt;method&gt;/</c>; null if it is not loaded.</returns>
    public string? Folder(string pluginId) => Entries.FirstOrDefault(entry => entry.IsOffered && entry.Record.Id == pluginId)?.Plugin!.Folder;

    /// <summary>
    /// Releases every plugin, last loaded first, and deletes its copy once nothing of it is in memory. Callers must have dropped tasks, datasets and
    /// everything made from them.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        tasks = [];
        datasets.Clear();
        var loaded = Entries.Where(entry => entry.Record.State is not PluginState.UnloadPending && entry.Plugin is not null).Reverse().ToList();
        loaded.ForEach(Release);
        contracts?.Unload();
        contracts = null;
        PluginCollector.Collect(() => loaded.Exists(entry => entry.Plugin!.IsAlive));
        loaded.ForEach(entry => Conclude(entry, "The host stops."));
        return ValueTask.CompletedTask;
    }

    /// <summary>Loads a folder beside whatever serves; the result is not listed yet. One at a time.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="replaced">The version whose names it may take; null for none.</param>
    /// <param name="refusal">Why it shall not be loaded; null to load it.</param>
    /// <returns>The version, with its refusal where it has no plugin.</returns>
    internal PluginEntry Prepare(string path, PluginEntry? replaced, Func<PluginCandidate, PluginHold?> refusal)
    {
        var candidate = new PluginCandidate(path);
        var entry = new PluginEntry(path, candidate.Record(PluginState.Discovered, time.GetUtcNow()));
        JournalSlot? note = null;
        try
        {
            entry.Plugin = candidate.Load(options, contracts!, manifest => CheckNames(manifest, replaced), refusal, Reached);
            entry.Record = candidate.Record(PluginState.Loading, time.GetUtcNow());
        }
        catch (Exception exception) when (exception is TelecomException or IOException or UnauthorizedAccessException)
        {
            // The exception itself may hold on to types of the plugin: only its code and text are kept.
            var failure = new TelecomException((exception as TelecomException)?.Code ?? ErrorCode.PluginUnavailable, exception.Message);
            entry.Record = candidate.Record(entry.Record.State, time.GetUtcNow());
            var state = candidate.Hold?.State ?? (failure.Code is ErrorCode.BaseIncompatible ? PluginState.Incompatible : PluginState.Rejected);
            Move(entry, state, failure.Code, failure.Message);
        }

        finally
        {
            note?.Dispose();
        }

        foreach (var warning in entry.Record.Warnings)
        {
            LogWarning(logger, entry.Record.Id, warning);
        }

        return entry;

        void Reached(PluginState state)
        {
            entry.Record = candidate.Record(entry.Record.State, time.GetUtcNow());
            Move(entry, state, null, state is PluginState.Verified ? "Manifest and assemblies fit this host." : "Its assemblies are loaded.");
            if (state is PluginState.Loading)
            {
                note = Journal?.Add(new(entry.Record.Id, entry.Record.Fingerprint!));
                note?.Open();
            }
        }
    }

    private TelecomException WhyMissing(string id)
    {
        // A version on its way out says less than the one that keeps the task from being served.
        var owner = plugins
            .Where(plugin => plugin.State is PluginState.Quarantined or PluginState.Disabled or PluginState.Loading or PluginState.Draining
                && plugin.Tasks.Contains(id, StringComparer.Ordinal))
            .MinBy(plugin => plugin.State is PluginState.Draining);
        return owner is null
            ? new TelecomException(
                ErrorCode.NotFound,
                $"There is no task '{id}'. Tasks: {Listing.Of(tasks.Select(task => task.Definition.Id))}." +
                Listing.WhyMissing(plugins, plugin => plugin.Tasks, id))
            : new TelecomException(
                ErrorCode.PluginUnavailable, $"Task '{id}' is not served: plugin '{owner.Id}' is {owner.State}. {owner.Reason}".TrimEnd());
    }

    private void CheckNames(PluginManifest manifest, PluginEntry? replaced)
    {
        var others = Entries.Where(entry => entry.IsOffered && entry != replaced).Select(entry => entry.Plugin!).ToList();
        if (others.Find(plugin => plugin.Manifest.Id == manifest.Id) is { } twin)
        {
            throw new TelecomException(
                ErrorCode.TaskNameTaken,
                $"A plugin '{manifest.Id}' (version {twin.Manifest.Version}) is loaded already from a folder that comes first. Remove one of them.");
        }

        foreach (var plugin in others)
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
}
