namespace Telecom.Runtime.Serving;

/// <summary>One answered request with everything needed to trace it.</summary>
public sealed record PredictionAnswer
{
    /// <summary>Sortable unique id (UUID version 7).</summary>
    public required Guid Id { get; init; }

    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Method that was asked for, or the task's default.</summary>
    public required string Method { get; init; }

    /// <summary>Version of the bundle that answered, e.g. <c>0</c> for the shipped one; null for analytic answers.</summary>
    public required string? Bundle { get; init; }

    /// <summary>Name of the base that answered; null unless an adapted method did.</summary>
    public required string? Base { get; init; }

    /// <summary>Adapter that answered, <c>name@version</c>; null where none was part of the answer.</summary>
    public required string? Adapter { get; init; }

    /// <summary>Session that the request belonged to; null for a request of its own.</summary>
    public string? Session { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time from arrival to answer in milliseconds, waiting included.</summary>
    public required double ElapsedMs { get; init; }

    /// <summary>The answer document of the task, UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Method that answered instead of <see cref="Method"/>; null when none did.</summary>
    public required string? Fallback { get; init; }
}
