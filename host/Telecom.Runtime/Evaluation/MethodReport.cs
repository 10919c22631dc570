namespace Telecom.Runtime.Evaluation;

/// <summary>One method's row of a report.</summary>
public sealed record MethodReport
{
    /// <summary>Method id; ablation rows name their base behind it.</summary>
    public required string Method { get; init; }

    /// <summary><c>analytic</c>, <c>network</c> or <c>adapted</c>; <c>bound</c> for a limit that no method can pass.</summary>
    public required string Kind { get; init; }

    /// <summary><c>ok</c>, <c>untrained</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Metric name to value; null unless the status is <c>ok</c>.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>Wall time per case in microseconds, batching included; null unless the status is <c>ok</c>.</summary>
    public double? MicrosecondsPerCase { get; init; }

    /// <summary>Why there are no metrics; null otherwise.</summary>
    public string? Reason { get; init; }
}
