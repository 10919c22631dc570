namespace Telecom.Host.Access;

/// <summary>What a caller may do and how much of it is left. Limits that do not exist are null.</summary>
internal sealed record QuotaDocument
{
    /// <summary>Id of the caller, as the audit trail names him.</summary>
    public required string Caller { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Requests that come back in a second.</summary>
    public required int? RequestsPerSecond { get; init; }

    /// <summary>Requests at once.</summary>
    public required int? Burst { get; init; }

    /// <summary>Requests that would be answered right now.</summary>
    public required int? RequestsLeft { get; init; }

    /// <summary>Rows of a day, UTC.</summary>
    public required long? RowsPerDay { get; init; }

    /// <summary>Rows of today.</summary>
    public required long? RowsUsed { get; init; }

    public required long? RowsLeft { get; init; }

    /// <summary>When the next day begins, UTC.</summary>
    public required DateTime? ResetsAt { get; init; }

    public static QuotaDocument Of(Caller caller)
    {
        var (requests, rows) = (caller.Budget?.Requests, caller.Budget?.Rows);
        var used = rows?.Used;
        return new()
        {
            Caller = caller.Id,
            Name = caller.Name,
            Scopes = caller.Scopes.Names(),
            RequestsPerSecond = requests?.PerSecond,
            Burst = requests?.Burst,
            RequestsLeft = requests?.Left,
            RowsPerDay = caller.RowsPerDay,
            RowsUsed = used,
            RowsLeft = caller.RowsPerDay is { } limit ? Math.Max(0, limit - (used ?? 0)) : null,
            ResetsAt = rows?.ResetsAt.UtcDateTime,
        };
    }
}
