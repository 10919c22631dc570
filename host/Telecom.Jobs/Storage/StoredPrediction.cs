namespace Telecom.Jobs.Storage;

/// <summary>One answered request as the store keeps it.</summary>
public sealed record StoredPrediction
{
    /// <summary>UUID version 7, so that ids sort by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Method that was asked for.</summary>
    public required string Method { get; init; }

    /// <summary>Version of the bundle that answered; null for analytic answers.</summary>
    public string? Bundle { get; init; }

    /// <summary>Name of the base that answered; null unless an adapted method did.</summary>
    public string? Base { get; init; }

    /// <summary>Adapter that answered, <c>name@version</c>; null where none was part of the answer.</summary>
    public string? Adapter { get; init; }

    /// <summary>When the request arrived; the store keeps microseconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time from arrival to answer in milliseconds.</summary>
    public required double ElapsedMs { get; init; }

    /// <summary>The request document, UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>The answer document, UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Method that answered instead; null when none did.</summary>
    public string? Fallback { get; init; }

    /// <summary>Job that made the prediction; null for requests of callers.</summary>
    public Guid? JobId { get; init; }
}
