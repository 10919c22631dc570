using System.Text.Json;

namespace Telecom.Host.Rest.Operations;

/// <summary>Long work as REST shows it.</summary>
internal sealed record OperationDocument
{
    public required string Id { get; init; }

    /// <summary>What sort of work: prediction, evaluation.</summary>
    public required string Kind { get; init; }

    /// <summary>notStarted, running, succeeded, failed or cancelled.</summary>
    public required string Status { get; init; }

    /// <summary>How much of it is done, 0 to 100.</summary>
    public required double Percent { get; init; }

    /// <summary>What is being done; absent before the first report.</summary>
    public string? Stage { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>UTC; absent before the start.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>UTC; absent before the end.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>What the work would have answered at once; present when it succeeded, and in lists absent.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why there is no result; present when it failed or was cancelled.</summary>
    public ProblemDocument? Error { get; init; }
}
