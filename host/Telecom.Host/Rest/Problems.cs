using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest;

/// <summary>Turns every failure of a request into a problem document; the outermost part of the pipeline.</summary>
internal sealed partial class Problems(RequestDelegate next, ILogger<Problems> logger) : FailureBoundary(next)
{
    protected override Task ExplainAsync(HttpContext context)
    {
        var kind = ProblemKinds.OfStatus(context.Response.StatusCode);
        return WriteAsync(context, kind, DetailOf(context, kind), null);
    }

    protected override async Task RefuseAsync(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case InvalidInputException invalid:
                var errors = invalid.Errors.Select(error => new ProblemError(error.Pointer, error.Message)).ToList();
                await WriteAsync(context, ProblemKinds.Of(invalid.Code), invalid.Message, errors);
                break;
            case BadHttpRequestException bad:
                await WriteAsync(context, ProblemKinds.OfStatus(bad.StatusCode), bad.Message, null);
                break;
            case TelecomException known when ProblemKinds.Of(known.Code) is var kind && kind.Status != StatusCodes.Status500InternalServerError:
                LogRefused(kind.Code, known.Message);
                await WriteAsync(context, kind, known.Message, null);
                break;
            default:
                // What a plugin or the host stumbled over may name files and code: it goes into the log, not to the caller.
                LogFailed(context.Request.Method, context.Request.Path, TraceId(context), exception);
                var failure = exception is TelecomException fault ? ProblemKinds.Of(fault.Code) : ProblemKinds.Unexpected;
                await WriteAsync(context, failure, $"The log of the host has the cause under {TraceId(context)}.", null);
                break;
        }
    }

    private static async Task WriteAsync(HttpContext context, ProblemKind kind, string detail, List<ProblemError>? errors)
    {
        SetStatus(context, kind.Status);
        var document = new ProblemDocument
        {
            Type = $"/errors/{kind.Code}",
            Title = kind.Title,
            Status = kind.Status,
            Detail = detail,
            Code = kind.Code,
            TraceId = TraceId(context),
            Errors = errors,
        };
        await context.Response.WriteAsJsonAsync(document, ReadableJson.Rest.ProblemDocument, "application/problem+json", context.RequestAborted);
    }

    private static string DetailOf(HttpContext context, ProblemKind kind) => kind.Status switch
    {
        StatusCodes.Status400BadRequest =>
            $"The Host header '{context.Request.Host}' does not name this machine: behind a proxy, start the host with --allow-anonymous.",
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}: /openapi/v1.json lists every address.",
        StatusCodes.Status405MethodNotAllowed =>
            $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.",
        _ => kind.Title,
    };

    [LoggerMessage(4001, LogLevel.Debug, "Refused ({Code}): {Detail}")]
    private partial void LogRefused(string code, string detail);

    [LoggerMessage(4002, LogLevel.Error, "{Method} {Path} failed, trace {TraceId}.")]
    private partial void LogFailed(string method, PathString path, string traceId, Exception exception);
}
