using System.Text.Json;

namespace Telecom.Client.Documents;

/// <summary>Long work of the host.</summary>
public sealed record OperationInfo
{
    /// <summary>Id of the operation.</summary>
    public required string Id { get; init; }

    /// <summary>What sort of work, e.g. <c>prediction</c> or <c>evaluation</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>notStarted</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>How much of it is done, 0 to 100.</summary>
    public required double Percent { get; init; }

    /// <summary>What is being done; null before the first report.</summary>
    public string? Stage { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it began; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What the work would have answered at once; null unless it succeeded, and in lists.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why there is no result; null unless it failed or was cancelled.</summary>
    public OperationError? Error { get; init; }
}
