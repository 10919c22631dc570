namespace Telecom.Client.Predictions;

/// <summary>Which stored predictions to list, newest first.</summary>
public sealed record PredictionFilter
{
    /// <summary>All of them.</summary>
    public static PredictionFilter All { get; } = new();

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

    /// <summary>Entries of one page, 1 to 500; null for the host's 50.</summary>
    public int? PageSize { get; init; }
}
