namespace Telecom.Runtime.Adapters;

/// <summary>Memory and number of adapters that a host keeps.</summary>
public sealed record AdapterLimits
{
    /// <summary>Bytes of adapter tensors on the device.</summary>
    public long MaxDeviceBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of adapter files in host memory, those of adapters that are on the device included.</summary>
    public long MaxHostBytes { get; init; } = 1L << 30;

    /// <summary>Largest rank of an adapter.</summary>
    public int MaxRank { get; init; } = 64;

    /// <summary>Names that may be served at a time, loaded or not.</summary>
    public int MaxAdapters { get; init; } = 1024;
}
