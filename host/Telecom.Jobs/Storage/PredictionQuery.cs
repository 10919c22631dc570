namespace Telecom.Jobs.Storage;

/// <summary>Which stored predictions to list, newest first.</summary>
public sealed record PredictionQuery
{
    /// <summary>Rows of one page when nothing is asked for.</summary>
    public const int DefaultLimit = 50;

    /// <summary>Rows of one page at most.</summary>
    public const int MaximumLimit = 500;

    /// <summary>Task id; null for all.</summary>
    public string? Task { get; init; }

    /// <summary>Method id; null for all.</summary>
    public string? Method { get; init; }

    /// <summary>Job; null for all.</summary>
    public Guid? JobId { get; init; }

    /// <summary>Earliest arrival, included; null for no bound.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Latest arrival, excluded; null for no bound.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Rows of this page, 1 to <see cref="MaximumLimit"/>.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary><see cref="PredictionPage.NextCursor"/> of the page before; null for the first.</summary>
    public string? Cursor { get; init; }
}
