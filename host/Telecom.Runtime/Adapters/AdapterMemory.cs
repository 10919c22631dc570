using Telecom.Modeling.Adapters;

namespace Telecom.Runtime.Adapters;

/// <summary>
/// The two budgets and who gives way: the least recently used first, device to host, host to nothing. Used under the registry's lock.
/// </summary>
/// <param name="limits">The budgets.</param>
/// <param name="free">Frees tensors on the executor, in order with whatever is placed later.</param>
/// <param name="demote">Records that an entry gave way.</param>
internal sealed class AdapterMemory(AdapterLimits limits, Action<Adapter> free, Action<AdapterEntry, AdapterState> demote)
{
    public long HostBytes { get; private set; }

    public long DeviceBytes { get; private set; }

    /// <summary>Takes host memory for an entry, by eviction if need be.</summary>
    /// <returns>False when what is in use or pinned leaves too little; nothing was evicted then.</returns>
    public bool TryTakeHost(AdapterEntry entry, long bytes, IEnumerable<AdapterEntry> all)
    {
        if (Victims(all, other => other.HostBytes, HostBytes + bytes - limits.MaxHostBytes) is not { } victims)
        {
            return false;
        }

        victims.ForEach(Release);
        HostBytes += bytes;
        entry.HostBytes = bytes;
        return true;
    }

    /// <inheritdoc cref="TryTakeHost"/>
    /// <summary>Takes device memory for an entry, by eviction if need be.</summary>
    public bool TryTakeDevice(AdapterEntry entry, long bytes, IEnumerable<AdapterEntry> all)
    {
        if (Victims(all, other => other.DeviceBytes, DeviceBytes + bytes - limits.MaxDeviceBytes) is not { } victims)
        {
            return false;
        }

        victims.ForEach(ReleaseDevice);
        DeviceBytes += bytes;
        entry.DeviceBytes = bytes;
        return true;
    }

    /// <summary>Frees the device form; the host form stays.</summary>
    public void ReleaseDevice(AdapterEntry entry)
    {
        if (entry.Adapter is { } adapter)
        {
            free(adapter);
            entry.Adapter = null;
        }

        DeviceBytes -= entry.DeviceBytes;
        entry.DeviceBytes = 0;
        if (entry.State == AdapterState.Resident)
        {
            demote(entry, AdapterState.Ready);
        }
    }

    /// <summary>Frees both forms.</summary>
    public void Release(AdapterEntry entry)
    {
        ReleaseDevice(entry);
        HostBytes -= entry.HostBytes;
        entry.HostBytes = 0;
        entry.Staged = null;
        if (entry.State == AdapterState.Ready)
        {
            demote(entry, AdapterState.Registered);
        }
    }

    // Null when all that may go is not enough.
    private static List<AdapterEntry>? Victims(IEnumerable<AdapterEntry> all, Func<AdapterEntry, long> bytes, long excess)
    {
        var victims = new List<AdapterEntry>();
        if (excess <= 0)
        {
            return victims;
        }

        foreach (var entry in all.Where(entry => entry.IsEvictable && bytes(entry) > 0).OrderBy(entry => entry.LastUse))
        {
            victims.Add(entry);
            excess -= bytes(entry);
            if (excess <= 0)
            {
                return victims;
            }
        }

        return null;
    }
}
