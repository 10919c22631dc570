using Telecom.Jobs.Storage;

namespace Telecom.Host.Access;

/// <summary>One entry of the audit trail.</summary>
internal sealed record AuditDocument
{
    /// <summary>UTC.</summary>
    public required DateTime At { get; init; }

    /// <summary>Id of the caller.</summary>
    public required string Caller { get; init; }

    /// <summary>Name of the caller at that time.</summary>
    public required string CallerName { get; init; }

    /// <summary>Name of the operation.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to.</summary>
    public required string Target { get; init; }

    /// <summary>HTTP status of the answer; 0 for the command line.</summary>
    public required int Status { get; init; }

    /// <summary>Finds the request in log and traces.</summary>
    public required string? TraceId { get; init; }

    public static AuditDocument Of(AuditEntry entry) => new()
    {
        At = entry.At.UtcDateTime,
        Caller = entry.Caller,
        CallerName = entry.CallerName,
        Action = entry.Action,
        Target = entry.Target,
        Status = entry.Status,
        TraceId = entry.TraceId,
    };
}
