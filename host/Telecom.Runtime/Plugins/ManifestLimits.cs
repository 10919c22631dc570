namespace Telecom.Runtime.Plugins;

/// <summary>Limits a plugin asks for; null where it asks for none.</summary>
public sealed record ManifestLimits
{
    /// <summary>Most rows per batch.</summary>
    public int? MaxBatchRows { get; init; }

    /// <summary>Longest wait for a fuller batch in milliseconds.</summary>
    public int? MaxQueueDelayMs { get; init; }

    /// <summary>Longest time of one request in milliseconds.</summary>
    public int? TimeoutMs { get; init; }

    /// <summary>Memory the plugin expects to use in mebibytes.</summary>
    public int? MemoryMb { get; init; }
}
