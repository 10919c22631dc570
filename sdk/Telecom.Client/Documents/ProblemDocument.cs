namespace Telecom.Client.Documents;

/// <summary>A refusal as it is on the wire (RFC 9457).</summary>
internal sealed record ProblemDocument
{
    public string? Title { get; init; }

    public string? Detail { get; init; }

    public string? Code { get; init; }

    public string? TraceId { get; init; }

    public IReadOnlyList<FieldError>? Errors { get; init; }
}
