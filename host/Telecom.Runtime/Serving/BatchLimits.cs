using Telecom.Runtime.Plugins;

namespace Telecom.Runtime.Serving;

/// <summary>When a batch closes, and how much may wait.</summary>
internal sealed record BatchLimits
{
    // Longest wait that a plugin may ask for: callers of other plugins share the executor with it.
    private const int LongestQueueDelayMs = 1000;

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

    /// <returns>These, with what a plugin asks for as far as the host allows it.</returns>
    public BatchLimits For(ManifestLimits plugin) => this with
    {
        MaxRows = Math.Min(MaxRows, plugin.MaxBatchRows ?? MaxRows),
        MaxQueueDelay = plugin.MaxQueueDelayMs is { } delay ? TimeSpan.FromMilliseconds(Math.Min(delay, LongestQueueDelayMs)) : MaxQueueDelay,
    };
}
