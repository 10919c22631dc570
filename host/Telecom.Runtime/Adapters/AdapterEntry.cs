using System.Globalization;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;

namespace Telecom.Runtime.Adapters;

/// <summary>One version of an adapter. Its members belong to the registry and are read and written under its lock.</summary>
internal sealed class AdapterEntry(string name, long version, IAdapterSource source)
{
    public string Name => name;

    public long Version => version;

    public IAdapterSource Source => source;

    /// <summary>Name and version, as requests name them.</summary>
    public string Reference { get; } = string.Create(CultureInfo.InvariantCulture, $"{name}@{version}");

    public AdapterState State { get; set; } = AdapterState.Registered;

    /// <summary>Requests that use it or wait for it: as long as there is one, nothing of it is evicted.</summary>
    public int References { get; set; }

    public bool IsPinned { get; set; }

    /// <summary>Whether a load is under way.</summary>
    public bool IsLoading { get; set; }

    /// <summary>The registry's count of freed room when the last load found too little; null when it did not.</summary>
    public long? NoRoomAt { get; set; }

    /// <summary>Whether new requests do not find it any more.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Recency for eviction: larger is later.</summary>
    public long LastUse { get; set; }

    public string? Reason { get; set; }

    /// <summary>Host form; null unless it is ready or resident.</summary>
    public StagedAdapter? Staged { get; set; }

    /// <summary>Device form; null unless it is resident.</summary>
    public Adapter? Adapter { get; set; }

    /// <summary>What it holds of the host budget.</summary>
    public long HostBytes { get; set; }

    /// <summary>What it holds of the device budget.</summary>
    public long DeviceBytes { get; set; }

    public bool IsEvictable => References == 0 && !IsPinned && !IsLoading;
}
