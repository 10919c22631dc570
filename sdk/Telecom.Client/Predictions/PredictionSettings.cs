namespace Telecom.Client.Predictions;

/// <summary>How a prediction is asked for.</summary>
public sealed record PredictionSettings
{
    /// <summary>The task's default method, the host's own limits.</summary>
    public static PredictionSettings Default { get; } = new();

    /// <summary>Method id; null for the task's default.</summary>
    public string? Method { get; init; }

    /// <summary>Adapter, <c>name</c> or <c>name@version</c>; null for the method's own.</summary>
    public string? Adapter { get; init; }

    /// <summary>Time in which an answer is of use to the caller, 1 ms to 10 min; null for the host's own limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Names this request, so that sending it twice answers it once: the host keeps the answer for 24 hours. Only with a key is a prediction sent
    /// again after a failure. Up to 255 visible ASCII characters, new for every request; null for none.
    /// </summary>
    public string? IdempotencyKey { get; init; }
}
