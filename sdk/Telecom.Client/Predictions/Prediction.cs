namespace Telecom.Client.Predictions;

/// <summary>One answered request with everything needed to trace it.</summary>
/// <typeparam name="TOutput">What the task answers.</typeparam>
public sealed record Prediction<TOutput>
{
    /// <summary>UUID version 7: ids sort by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Method that was asked for, or the task's default.</summary>
    public required string Method { get; init; }

    /// <summary>Version of the weights that answered; null for analytic answers.</summary>
    public string? Bundle { get; init; }

    /// <summary>Name of the base that answered; null unless an adapted method did.</summary>
    public string? Base { get; init; }

    /// <summary>Adapter that answered, <c>name@version</c>; null where none was part of the answer.</summary>
    public string? Adapter { get; init; }

    /// <summary>When the request arrived at the host.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time from arrival to answer in milliseconds, waiting on the host included; 0 or more.</summary>
    public required double ElapsedMs { get; init; }

    /// <summary>The answer of the task.</summary>
    public required TOutput Output { get; init; }

    /// <summary>Method that answered instead of <see cref="Method"/>; null when none did.</summary>
    public string? Fallback { get; init; }

    internal Prediction<TOther> With<TOther>(TOther output) => new()
    {
        Id = Id,
        Task = Task,
        Method = Method,
        Bundle = Bundle,
        Base = Base,
        Adapter = Adapter,
        CreatedAt = CreatedAt,
        ElapsedMs = ElapsedMs,
        Output = output,
        Fallback = Fallback,
    };
}
