using Telecom.Modeling.Adapters;

namespace Telecom.Runtime.Adapters;

/// <summary>The right to use an adapter on the device: until disposal it is neither evicted nor freed.</summary>
internal sealed class AdapterLease(AdapterRegistry registry, AdapterEntry entry) : IDisposable
{
    private int isReleased;

    public AdapterEntry Entry => entry;

    public Adapter Adapter { get; } = entry.Adapter!;

    /// <summary>Refuses later requests for this version.</summary>
    public void Quarantine(string reason) => registry.Quarantine(entry, reason);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isReleased, 1) == 0)
        {
            registry.Release(entry);
        }
    }
}
