namespace Telecom.Runtime.Serving;

/// <summary>How a request wants to be answered.</summary>
public sealed record PredictionOptions
{
    /// <summary>The task's default method with its own adapter.</summary>
    public static PredictionOptions Default { get; } = new();

    /// <summary>Method id; null for the task's default.</summary>
    public string? Method { get; init; }

    /// <summary>Adapter that answers instead of the bundle's own, <c>name</c> or <c>name@version</c>; null for the bundle's own.</summary>
    public string? Adapter { get; init; }

    /// <summary>Whose fair share the request is counted for; null counts it for its adapter, or else its method.</summary>
    public string? Client { get; init; }

    /// <summary>Session that the request belongs to: its id, or <c>new</c> to begin one; null for a request of its own.</summary>
    public string? Session { get; init; }

    /// <summary>Time in which an answer is of use; null for the host's default.</summary>
    public TimeSpan? Timeout { get; init; }
}
