namespace Telecom.Client.Documents;

/// <summary>Who the caller is to the host, what he may do, and how much of it is left. Limits that do not exist are null.</summary>
public sealed record QuotaInfo
{
    /// <summary>Id of the caller, as the audit trail names him.</summary>
    public required string Caller { get; init; }

    /// <summary>Name of the caller.</summary>
    public required string Name { get; init; }

    /// <summary>What he may do.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Requests that come back in a second.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>Requests at once.</summary>
    public int? Burst { get; init; }

    /// <summary>Requests that would be answered right now.</summary>
    public int? RequestsLeft { get; init; }

    /// <summary>Rows of a day (UTC).</summary>
    public long? RowsPerDay { get; init; }

    /// <summary>Rows of today.</summary>
    public long? RowsUsed { get; init; }

    /// <summary>Rows that are left today.</summary>
    public long? RowsLeft { get; init; }

    /// <summary>When the next day begins.</summary>
    public DateTimeOffset? ResetsAt { get; init; }
}
