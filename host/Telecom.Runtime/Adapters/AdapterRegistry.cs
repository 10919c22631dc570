using Microsoft.Extensions.Logging;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Adapters;

/// <summary>
/// The adapters of a host by name and version: loaded once when first needed, kept within the budgets by eviction, replaced and removed while
/// requests run (adapters.md 5.1). Safe to call from any thread.
/// </summary>
/// <remarks>
/// A request holds one lease from before it is queued until it is answered, and never waits for a second one; so whoever waits for room waits for
/// requests that end by themselves.
/// </remarks>
internal sealed partial class AdapterRegistry : IAsyncDisposable
{
    private const int ShownNames = 20;
    private const string WaitsForRoom = "it waits for room";

    private readonly DeviceExecutor executor;
    private readonly AdapterLimits limits;
    private readonly AdapterMemory memory;
    private readonly ILogger<AdapterRegistry> logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, AdapterEntry> current = new(StringComparer.Ordinal);

    // Versions that are being prepared, that drain, or that failed beside one that serves.
    private readonly List<AdapterEntry> others = [];
    private readonly Dictionary<string, long> newest = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int waiting;
    private long uses;
    private long freedRoom;

    public AdapterRegistry(DeviceExecutor executor, AdapterLimits limits, ILogger<AdapterRegistry> logger)
    {
        this.executor = executor;
        this.limits = limits;
        this.logger = logger;
        memory = new AdapterMemory(
            limits, adapter => _ = executor.RunAsync(adapter.Dispose, CancellationToken.None), (entry, state) => Move(entry, state, null));
    }

    /// <summary>Every version that is known, by name and version.</summary>
    public IReadOnlyList<AdapterRecord> Records
    {
        get
        {
            lock (gate)
            {
                return [.. All.OrderBy(entry => entry.Name, StringComparer.Ordinal).ThenBy(entry => entry.Version).Select(Describe)];
            }
        }
    }

    private IEnumerable<AdapterEntry> All => current.Values.Concat(others);

    /// <summary>Makes a version known without loading it.</summary>
    /// <returns>False when the name is taken, or there are as many names as allowed.</returns>
    public bool TryRegister(string name, long version, IAdapterSource source)
    {
        lock (gate)
        {
            if (current.Count >= limits.MaxAdapters || !current.TryAdd(name, new AdapterEntry(name, version, source)))
            {
                return false;
            }

            newest[name] = version;
            return true;
        }
    }

    /// <returns>What requests of that name get.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.AdapterNotFound"/>.</exception>
    public AdapterEntry Find(AdapterReference reference)
    {
        lock (gate)
        {
            if (!current.TryGetValue(reference.Name, out var entry))
            {
                var names = string.Join(", ", current.Keys.Order(StringComparer.Ordinal).Take(ShownNames));
                throw new TelecomException(
                    ErrorCode.AdapterNotFound,
                    $"There is no adapter '{reference}'. {(names.Length == 0 ? "None is registered." : $"Registered: {names}.")}");
            }

            return reference.Version is null || reference.Version == entry.Version
                ? entry
                : throw new TelecomException(
                    ErrorCode.AdapterNotFound, $"There is no adapter '{reference}': version {entry.Version} of '{entry.Name}' serves.");
        }
    }

    /// <summary>Loads a version that nobody finds yet; <see cref="Publish"/> makes it the current one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version; raised above all earlier ones of the name unless it is higher, or the same that failed before.</param>
    /// <param name="source">Its files.</param>
    /// <param name="deadline">Until when it may wait for room.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.AdapterInvalid"/> with every problem; <see cref="ErrorCode.AdapterCapacity"/> without room until the deadline.
    /// What serves under the name goes on serving.
    /// </exception>
    public async Task<AdapterEntry> PrepareAsync(
        string name, long version, IAdapterSource source, Deadline deadline, CancellationToken cancellationToken)
    {
        var entry = Add(name, version, source);
        try
        {
            (await AcquireAsync(entry, deadline, cancellationToken).ConfigureAwait(false)).Dispose();
            return entry;
        }
        catch
        {
            Abandon(entry);
            throw;
        }
    }

    /// <summary>Makes a prepared version the one that its name means, from one moment to the next.</summary>
    /// <returns>The version before, which serves those that hold or choose it until it is retired; null when there was none.</returns>
    public AdapterEntry? Publish(AdapterEntry entry)
    {
        lock (gate)
        {
            var previous = current.GetValueOrDefault(entry.Name);
            others.Remove(entry);
            current[entry.Name] = entry;
            if (previous is not null)
            {
                others.Add(previous);
            }

            return previous;
        }
    }

    /// <summary>Refuses new requests for a version at once and frees it when the last one that uses it has ended.</summary>
    public void Retire(AdapterEntry entry)
    {
        lock (gate)
        {
            if (current.GetValueOrDefault(entry.Name) == entry)
            {
                current.Remove(entry.Name);
                others.Add(entry);
            }

            entry.IsRetired = true;
            SettleRetired(entry);
            Signal(hasFreedRoom: true);
        }
    }

    /// <summary>Refuses new requests for a version because it does harm; other versions are not concerned.</summary>
    public void Quarantine(AdapterEntry entry, string reason)
    {
        lock (gate)
        {
            if (!entry.IsRetired && entry.State != AdapterState.Faulted)
            {
                Move(entry, AdapterState.Faulted, reason);
                FreeFaulted(entry);
                Signal(hasFreedRoom: true);
            }
        }
    }

    /// <summary>Exempts a version from eviction, or ends that.</summary>
    public void Pin(AdapterEntry entry, bool isPinned)
    {
        lock (gate)
        {
            entry.IsPinned = isPinned;
            Signal(hasFreedRoom: true);
        }
    }

    /// <returns>The state of a version now.</returns>
    public AdapterRecord Record(AdapterEntry entry)
    {
        lock (gate)
        {
            return Describe(entry);
        }
    }

    /// <summary>Frees everything; no request may be under way.</summary>
    public async ValueTask DisposeAsync()
    {
        AdapterEntry[] all;
        lock (gate)
        {
            all = [.. All];
        }

        Array.ForEach(all, Retire);
        await executor.RunAsync(static () => { }, CancellationToken.None).ConfigureAwait(false);
    }

    private AdapterEntry Add(string name, long version, IAdapterSource source)
    {
        lock (gate)
        {
            if (!current.ContainsKey(name) && current.Count >= limits.MaxAdapters)
            {
                throw new TelecomException(
                    ErrorCode.AdapterCapacity, $"{limits.MaxAdapters} adapters are registered already: remove one before adding '{name}'.");
            }

            others.RemoveAll(other => other.Name == name && other.State == AdapterState.Faulted && other.References == 0);
            var last = newest.GetValueOrDefault(name, long.MinValue);
            var chosen = version < last || All.Any(other => other.Name == name && other.Version == version && other.State != AdapterState.Faulted)
                ? last + 1
                : version;
            newest[name] = chosen;
            var entry = new AdapterEntry(name, chosen, source);
            others.Add(entry);
            return entry;
        }
    }

    // A version that failed stays visible; where it has no predecessor, requests are told why instead of not finding it.
    private void Abandon(AdapterEntry entry)
    {
        lock (gate)
        {
            if (entry.State == AdapterState.Faulted && !current.ContainsKey(entry.Name))
            {
                others.Remove(entry);
                current.Add(entry.Name, entry);
            }
            else if (entry.State != AdapterState.Faulted)
            {
                Retire(entry);
            }
        }
    }

    private AdapterRecord Describe(AdapterEntry entry) => new(
        entry.Name,
        entry.Version,
        entry.State.ToString().ToLowerInvariant(),
        current.GetValueOrDefault(entry.Name) == entry,
        entry.IsPinned,
        entry.References,
        entry.Staged?.Method.Name,
        entry.Staged?.Rank,
        entry.HostBytes,
        entry.DeviceBytes,
        entry.Source.Owner,
        entry.Source.Folder,
        entry.Reason ?? (entry.References > 0 && entry.NoRoomAt == freedRoom ? WaitsForRoom : null));
}
