namespace Telecom.Runtime.Adapters;

/// <summary>State of one version of an adapter, for listing.</summary>
/// <param name="Name">Name that requests use.</param>
/// <param name="Version">Version of the name.</param>
/// <param name="State"><c>registered</c>, <c>loading</c>, <c>ready</c>, <c>resident</c>, <c>draining</c>, <c>unloaded</c> or <c>faulted</c>.</param>
/// <param name="IsCurrent">Whether the name alone means this version.</param>
/// <param name="IsPinned">Whether it is never evicted.</param>
/// <param name="References">Requests that use it or wait for it.</param>
/// <param name="Kind">Adapter method, e.g. <c>lora</c>; null before it was read.</param>
/// <param name="Rank">Largest rank; null before it was read.</param>
/// <param name="HostBytes">Host memory that it takes now.</param>
/// <param name="DeviceBytes">Device memory that it takes now.</param>
/// <param name="Owner">Method whose bundle it belongs to, <c>task/method</c>; null for adapters of the store.</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="Reason">Why it is in this state, where that is not obvious; null otherwise.</param>
public sealed record AdapterRecord(
    string Name,
    long Version,
    string State,
    bool IsCurrent,
    bool IsPinned,
    int References,
    string? Kind,
    int? Rank,
    long HostBytes,
    long DeviceBytes,
    string? Owner,
    string Folder,
    string? Reason);
