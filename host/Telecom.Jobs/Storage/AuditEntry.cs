namespace Telecom.Jobs.Storage;

/// <summary>One administrative request: who, what, when, and how it ended.</summary>
public sealed record AuditEntry
{
    /// <summary>Place in the order of the entries, given by the store.</summary>
    public long Sequence { get; init; }

    /// <summary>When the request was answered; the store keeps microseconds.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Id of the caller.</summary>
    public required string Caller { get; init; }

    /// <summary>Name of the caller at that time.</summary>
    public required string CallerName { get; init; }

    /// <summary>Name of the operation, e.g. <c>removePlugin</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to: the address of the request, or the id of a key.</summary>
    public required string Target { get; init; }

    /// <summary>HTTP status of the answer; 0 for the command line.</summary>
    public required int Status { get; init; }

    /// <summary>Finds the request in log and traces; null for the command line.</summary>
    public string? TraceId { get; init; }
}
