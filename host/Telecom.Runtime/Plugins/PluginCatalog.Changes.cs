using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>What changes the catalog while it is read.</summary>
public sealed partial class PluginCatalog
{
    /// <summary>Lists a version.</summary>
    internal void Add(PluginEntry entry) => Change(() => entries.Add(entry));

    /// <summary>Lists a version no more.</summary>
    internal void Remove(PluginEntry entry) => Change(() => entries.Remove(entry));

    /// <summary>Serves <paramref name="fresh"/> instead of <paramref name="replaced"/> from one moment to the next.</summary>
    internal void Activate(PluginEntry fresh, PluginEntry? replaced, string reason)
    {
        PluginTransition? end = null;
        PluginTransition? begin = null;

        // One change: between two, a reader would find a task that nobody offers.
        Change(() =>
        {
            var index = replaced is null ? -1 : entries.IndexOf(replaced);
            entries.Insert(index < 0 ? entries.Count : index, fresh);
            end = replaced is null ? null : Enter(replaced, PluginState.Superseded, null, $"Version {fresh.Record.Version} serves.");
            begin = Enter(fresh, PluginState.Active, null, reason);
        });
        if (end is not null)
        {
            Tell(replaced!, end);
        }

        Tell(fresh, begin!);
    }

    /// <summary>Enters a state; lists show it and the history keeps it.</summary>
    internal void Move(PluginEntry entry, PluginState state, ErrorCode? code, string reason)
    {
        PluginTransition? transition = null;
        Change(() => transition = Enter(entry, state, code, reason));
        Tell(entry, transition!);
    }

    /// <summary>Releases a version that nobody uses any more, and waits until nothing of it is left in memory.</summary>
    /// <param name="entry">The version.</param>
    /// <param name="holder">What is known to hold it; null when nothing should.</param>
    internal async Task UnloadAsync(PluginEntry entry, string? holder)
    {
        Move(entry, PluginState.Unloading, null, "Its objects are released.");
        Release(entry);
        if (holder is null)
        {
            await PluginCollector.CollectAsync(() => entry.Plugin!.IsAlive).ConfigureAwait(false);
        }

        Conclude(entry, "Nothing of it is left in the process.", holder);
    }

    /// <summary>Gives versions that something held, such as a call that was about to return, time to be let go.</summary>
    internal async Task WaitForPendingAsync()
    {
        await PluginCollector.CollectAsync(() => Entries.Any(entry => entry.Record.State is PluginState.UnloadPending && entry.Plugin is { IsAlive: true }))
            .ConfigureAwait(false);
        RevisitPending();
    }

    /// <summary>Looks again at versions that something held.</summary>
    internal void RevisitPending()
    {
        foreach (var entry in Entries.Where(entry => entry.Record.State is PluginState.UnloadPending && entry.Plugin is { IsAlive: false }))
        {
            Conclude(entry, "Nothing of it is left in the process.");
        }
    }

    private void Release(PluginEntry entry)
    {
        try
        {
            entry.Plugin!.Release();
        }
#pragma warning disable CA1031 // Dispose of a part is code of the plugin: whatever it throws, the rest is released.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Not the exception itself: its types may be the plugin's, and loggers may keep it.
            LogReleaseFailed(logger, entry.Record.Id, PluginFaults.Describe(exception));
        }
    }

    private void Conclude(PluginEntry entry, string reason, string? holder = null)
    {
        var plugin = entry.Plugin!;
        if (holder is not null || plugin.IsAlive)
        {
            var suspects = holder ?? LeakSuspects.Describe(plugin.Folder);
            Move(entry, PluginState.UnloadPending, null, $"It was released, but something still holds its assemblies in memory. {suspects}");
            return;
        }

        plugin.DeleteCopy();
        entry.Plugin = null;
        Move(entry, PluginState.Unloaded, null, reason);
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            plugins = [.. entries.Select(entry => entry.Record)];
            var offered = contracts is null ? [] : entries.Where(entry => entry.IsOffered).Select(entry => entry.Plugin!).ToList();
            tasks =
            [
                .. offered
                    .SelectMany(plugin => plugin.Tasks.Select(task =>
                        new LoadedTask(task, plugin.Manifest.Id, plugin.Manifest.Version, plugin.Folder, plugin.Manifest.Limits.MaxBatchRows)))
                    .OrderBy(task => task.Definition.Id, StringComparer.Ordinal),
            ];
            datasets.Replace(offered.SelectMany(plugin => plugin.Datasets));
        }
    }

    private PluginTransition Enter(PluginEntry entry, PluginState state, ErrorCode? code, string reason)
    {
        var before = entry.Record;
        var isServing = state is PluginState.Active;
        entry.Record = before with
        {
            State = state,
            Error = code,
            Reason = isServing || (state is PluginState.Unloaded && code is null) ? null : reason,
            SinceUtc = time.GetUtcNow(),
        };
        return new(before.Id, before.Version, before.Fingerprint, before.State, state, code, reason, entry.Record.SinceUtc);
    }

    private void Tell(PluginEntry entry, PluginTransition step)
    {
        History.Add(step);
        var record = entry.Record;
        switch (step.To)
        {
            case PluginState.Active:
                LogActive(logger, record.Id, record.Version, string.Join(", ", record.Tasks), string.Join(", ", record.Datasets));
                break;
            case PluginState.Rejected or PluginState.Incompatible:
                LogRejected(logger, record.Id, step.To, step.Code?.WireName(), step.Reason, record.Folder);
                break;
            case PluginState.UnloadPending:
                LogUnloadPending(logger, record.Id, record.Version, step.Reason);
                break;
            case PluginState.Quarantined:
                LogQuarantined(logger, record.Id, record.Version, step.Reason);
                break;
            default:
                LogMoved(logger, record.Id, record.Version, step.From, step.To, step.Reason);
                break;
        }
    }
}
