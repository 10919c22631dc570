namespace Telecom.Host.Rest;

/// <summary>A refusal as <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed record ProblemDocument
{
    /// <summary>URI of the kind; the same for every occurrence.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>What is wrong, where, and what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>snake_case code for programs.</summary>
    public required string Code { get; init; }

    /// <summary>Finds the occurrence in the host's log.</summary>
    public required string TraceId { get; init; }

    /// <summary>Wrong members of the request; null when the refusal is about something else.</summary>
    public IReadOnlyList<ProblemError>? Errors { get; init; }
}
