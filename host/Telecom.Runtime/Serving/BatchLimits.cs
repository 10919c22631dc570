namespace Telecom.Runtime.Serving;

/// <summary>When a batch closes, and how much may wait.</summary>
internal sealed record BatchLimits
{
    /// <summary>Rows of one batch.</summary>
    public int MaxRows { get; init; } = 32;

    /// <summary>Tokens of one batch, padding included, where its method counts them.</summary>
    public int MaxTokens { get; init; } = 8192;

    /// <summary>Share of padding in a batch whose rows differ in length.</summary>
    public double MaxPadding { get; init; } = 0.25;

    /// <summary>How long the oldest request waits for others to fill its batch; none by default: only what queued while the executor was busy.</summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Requests that may wait.</summary>
    public int MaxRequests { get; init; } = 1024;

    public static BatchLimits Of(RuntimeOptions options) => new()
    {
        MaxRows = options.MaxBatchRows,
        MaxTokens = options.MaxBatchTokens,
        MaxQueueDelay = options.MaxQueueDelay,
        MaxRequests = options.MaxQueue,
    };
}
