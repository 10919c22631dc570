namespace Telecom.Client.Documents;

/// <summary>State of one version of an adapter.</summary>
public sealed record AdapterInfo
{
    /// <summary>Name, as <see cref="Predictions.PredictionSettings.Adapter"/> takes it.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the name, from 1.</summary>
    public required long Version { get; init; }

    /// <summary><c>registered</c>, <c>loading</c>, <c>ready</c>, <c>resident</c>, <c>draining</c>, <c>unloaded</c> or <c>faulted</c>.</summary>
    public required string State { get; init; }

    /// <summary>Whether the name alone means this version.</summary>
    public required bool IsCurrent { get; init; }

    /// <summary>Whether it stays in memory whatever else is needed there.</summary>
    public required bool IsPinned { get; init; }

    /// <summary>Requests that use it or wait for it.</summary>
    public required int References { get; init; }

    /// <summary>Adapter method, e.g. <c>lora</c>; null before it was read.</summary>
    public string? Kind { get; init; }

    /// <summary>Largest rank of its layers; null before it was read.</summary>
    public int? Rank { get; init; }

    /// <summary>Bytes of host memory that it takes now.</summary>
    public required long HostBytes { get; init; }

    /// <summary>Bytes of device memory that it takes now.</summary>
    public required long DeviceBytes { get; init; }

    /// <summary>Method whose bundle it belongs to, <c>task/method</c>; null for adapters of the store.</summary>
    public string? Owner { get; init; }

    /// <summary>Where its files are on the host.</summary>
    public required string Folder { get; init; }

    /// <summary>Why it is in this state, where that is not obvious; null otherwise.</summary>
    public string? Reason { get; init; }
}
