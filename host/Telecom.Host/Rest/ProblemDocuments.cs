using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Says in a problem document what went wrong, and no more than a caller may know.</summary>
internal static class ProblemDocuments
{
    /// <summary>Whether the cause belongs into the log only: it may name files and code of plugin or host.</summary>
    public static bool IsHidden(Exception exception) => exception switch
    {
        InvalidInputException or BadHttpRequestException => false,
        TelecomException known => ProblemKinds.Of(known.Code).Status == StatusCodes.Status500InternalServerError,
        _ => true,
    };

    /// <param name="exception">What happened.</param>
    /// <param name="traceId">Finds it in the log.</param>
    public static ProblemDocument Of(Exception exception, string traceId) => exception switch
    {
        InvalidInputException invalid => Create(
            ProblemKinds.Of(invalid.Code),
            invalid.Message,
            traceId,
            [.. invalid.Errors.Select(error => new ProblemError(error.Pointer, error.Message))]),
        BadHttpRequestException bad => Create(ProblemKinds.OfStatus(bad.StatusCode), bad.Message, traceId),
        TelecomException known when !IsHidden(known) => Create(ProblemKinds.Of(known.Code), known.Message, traceId),
        TelecomException fault => Create(ProblemKinds.Of(fault.Code), Hidden(traceId), traceId),
        _ => Create(ProblemKinds.Unexpected, Hidden(traceId), traceId),
    };

    public static ProblemDocument Create(ProblemKind kind, string detail, string traceId, IReadOnlyList<ProblemError>? errors = null) => new()
    {
        Type = $"/errors/{kind.Code}",
        Title = kind.Title,
        Status = kind.Status,
        Detail = detail,
        Code = kind.Code,
        TraceId = traceId,
        Errors = errors,
    };

    private static string Hidden(string traceId) => $"The log of the host has the cause under {traceId}.";
}
