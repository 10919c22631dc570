namespace Telecom.Client.Documents;

/// <summary>Why an operation has no result.</summary>
/// <param name="Code">snake_case code for programs, e.g. <c>invalid_input</c> or <c>cancelled</c>.</param>
/// <param name="Detail">What is wrong, where, and what to do.</param>
/// <param name="TraceId">Finds the occurrence in the host's log.</param>
/// <param name="Errors">Wrong members of the request; null when it is about something else.</param>
public sealed record OperationError(string Code, string Detail, string? TraceId, IReadOnlyList<FieldError>? Errors);
