using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Turns every failure below <c>/v2</c> into the one form that the protocol has: an object with the text of the error.</summary>
internal sealed partial class OpenInferenceErrors(RequestDelegate next, ILogger<OpenInferenceErrors> logger) : FailureBoundary(next)
{
    protected override Task ExplainAsync(HttpContext context) => WriteAsync(context, context.Response.StatusCode, DetailOf(context));

    protected override Task RefuseAsync(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                return WriteAsync(context, bad.StatusCode, bad.Message);
            case UnwritableOutputException unwritable:
                return WriteAsync(context, StatusCodes.Status500InternalServerError, unwritable.Message);
            case TelecomException known when StatusOf(known.Code) is var status && status != StatusCodes.Status500InternalServerError:
                LogRefused(status, known.Message);
                return WriteAsync(context, status, known.Message);
            default:
                var traceId = TraceId(context);
                LogFailed(context.Request.Method, context.Request.Path, traceId, exception);
                return WriteAsync(
                    context, StatusCodes.Status500InternalServerError, $"The model failed; the log of the host has the cause under {traceId}.");
        }
    }

    // The protocol knows no 422: what a method cannot answer is a bad request there.
    private static int StatusOf(ErrorCode code) => ProblemKinds.Of(code).Status is var status && status == StatusCodes.Status422UnprocessableEntity
        ? StatusCodes.Status400BadRequest
        : status;

    /// <summary>Answers with the text of an error.</summary>
    public static Task WriteAsync(HttpContext context, int status, string message)
    {
        SetStatus(context, status);
        return context.Response.WriteAsJsonAsync(
            new ErrorDocument(message), ReadableJson.OpenInference.ErrorDocument, "application/json", context.RequestAborted);
    }

    private static string DetailOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}.",
        StatusCodes.Status405MethodNotAllowed =>
            $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.",
        var status => ProblemKinds.OfStatus(status).Title,
    };

    [LoggerMessage(4010, LogLevel.Debug, "Refused ({Status}): {Detail}")]
    private partial void LogRefused(int status, string detail);

    [LoggerMessage(4011, LogLevel.Error, "{Method} {Path} failed, trace {TraceId}.")]
    private partial void LogFailed(string method, PathString path, string traceId, Exception exception);
}
