using Microsoft.Extensions.Logging;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Follows the plugin directories while the host serves: takes folders that are new or changed and have been still for a second, replaces what served
/// from them without losing a request, and unloads what is gone (platform.md 6). One change at a time.
/// </summary>
internal sealed partial class PluginLifecycle : IAsyncDisposable
{
    private readonly PluginCatalog catalog;
    private readonly PluginCatalogOptions options;
    private readonly IPluginHost host;
    private readonly PluginPolicy? policy;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly LifecycleTimes times;
    private readonly SemaphoreSlim turn = new(1);
    private readonly SemaphoreSlim bell = new(0);
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, PluginSlot> slots = new(StringComparer.Ordinal);
    private readonly Lock touchedGate = new();
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);
    private readonly List<Task> retiring = [];
    private PluginFolderSignal? signal;
    private Task watching = Task.CompletedTask;

    public PluginLifecycle(
        PluginCatalog catalog, PluginCatalogOptions options, IPluginHost host, PluginPolicy? policy, TimeProvider time, ILogger logger)
    {
        this.catalog = catalog;
        this.options = options;
        this.host = host;
        this.policy = policy;
        times = options.Times;
        this.time = time;
        this.logger = logger;
        foreach (var entry in catalog.Entries)
        {
            slots[entry.Path] = SlotOf(entry);
        }
    }

    /// <summary>Begins to follow the directories.</summary>
    public void Watch()
    {
        signal = new(options.Directories.Select(Path.GetFullPath), Touch);
        watching = LoopAsync();
    }

    /// <summary>Looks at every folder once, takes those that have been still long enough, and says when to look again.</summary>
    public async Task<TimeSpan> ScanAsync()
    {
        await turn.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            TakeTouched();
            var wait = times.Poll;
            foreach (var slot in See())
            {
                var still = time.GetElapsedTime(slot.SeenSince);
                if (still < times.Settle || !FolderStamp.IsReadable(slot.Path) && slot.Seen is not null)
                {
                    wait = Shorter(wait, still < times.Settle ? times.Settle - still : times.Settle);
                    continue;
                }

                await TakeAsync(slot).ConfigureAwait(false);
            }

            await RetryCrashedAsync().ConfigureAwait(false);
            host.LeaveStuckCalls();
            catalog.RevisitPending();
            retiring.RemoveAll(task => task.IsCompleted);
            return wait;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        signal?.Dispose();
        await stop.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await turn.WaitAsync().ConfigureAwait(false);
        await Task.WhenAll(retiring).ConfigureAwait(false);
        foreach (var entry in slots.Values.Select(slot => slot.Serving).OfType<PluginEntry>())
        {
            // It served until the host ended in good order.
            policy?.Switches.ClearCrashes(entry.Record.Id);
        }

        turn.Dispose();
        bell.Dispose();
        stop.Dispose();
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static PluginSlot SlotOf(PluginEntry entry)
    {
        var stamp = FolderStamp.Of(entry.Path);
        return new(entry.Path)
        {
            Taken = stamp,
            Seen = stamp,
            Serving = entry.IsOffered ? entry : null,
            Refused = entry.IsOffered ? null : entry,
        };
    }

    private async Task LoopAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var wait = times.Poll;
            try
            {
                wait = await ScanAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A defect of one scan must not end the watching; it is logged, and the next scan tries again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogScanFailed(logger, exception.Message);
            }

            await RingAsync(wait).ConfigureAwait(false);
        }
    }

    // Sleeps until a change is heard of, or for the time given.
    private async Task RingAsync(TimeSpan wait)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var heard = bell.WaitAsync(either.Token);
        await Task.WhenAny(heard, Task.Delay(wait, time, either.Token)).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await heard.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Touch(string path)
    {
        bool isFirst;
        lock (touchedGate)
        {
            isFirst = touched.Count == 0;
            touched.Add(path);
        }

        if (isFirst)
        {
            bell.Release();
        }
    }

    private void TakeTouched()
    {
        List<string> paths;
        lock (touchedGate)
        {
            paths = [.. touched];
            touched.Clear();
        }

        foreach (var path in paths)
        {
            // One file may change within the resolution of its time; and a folder that comes back as it was within the second did not change.
            if (slots.TryGetValue(path, out var slot))
            {
                slot.IsTouched = true;
                slot.SeenSince = time.GetTimestamp();
            }
        }
    }

    // Every place that differs from what was taken.
    private List<PluginSlot> See()
    {
        foreach (var path in FoundPaths().Where(path => !slots.ContainsKey(path)))
        {
            slots[path] = new(path) { SeenSince = time.GetTimestamp() };
        }

        foreach (var slot in slots.Values)
        {
            var stamp = FolderStamp.Of(slot.Path);
            if (stamp != slot.Seen)
            {
                slot.Seen = stamp;
                slot.SeenSince = time.GetTimestamp();
            }
        }

        return [.. slots.Values.Where(slot => slot.IsPending).OrderBy(slot => slot.Path, StringComparer.Ordinal)];
    }

    private IEnumerable<string> FoundPaths()
    {
        try
        {
            return [.. PluginFolders.Find(options)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TelecomException)
        {
            // The directory is gone for the moment: what lay in it is handled as removed.
            return [];
        }
    }

    [LoggerMessage(EventIds.PluginScanFailed, LogLevel.Error, "The plugin directories could not be followed: {Failure}")]
    private static partial void LogScanFailed(ILogger logger, string failure);
}
