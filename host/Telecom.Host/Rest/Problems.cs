namespace Telecom.Host.Rest;

/// <summary>Turns every failure of a request into a problem document; the outermost part of the pipeline.</summary>
internal sealed partial class Problems(RequestDelegate next, ILogger<Problems> logger) : FailureBoundary(next)
{
    /// <summary>Refuses a request without an exception.</summary>
    public static Task WriteAsync(HttpContext context, ProblemKind kind, string detail) =>
        WriteAsync(context, ProblemDocuments.Create(kind, detail, TraceId(context)));

    protected override Task ExplainAsync(HttpContext context)
    {
        var kind = ProblemKinds.OfStatus(context.Response.StatusCode);
        return WriteAsync(context, kind, DetailOf(context, kind));
    }

    protected override async Task RefuseAsync(HttpContext context, Exception exception)
    {
        var problem = ProblemDocuments.Of(exception, TraceId(context));
        if (ProblemDocuments.IsHidden(exception))
        {
            LogFailed(context.Request.Method, context.Request.Path, problem.TraceId, exception);
        }
        else
        {
            LogRefused(problem.Code, problem.Detail);
        }

        await WriteAsync(context, problem);
    }

    private static async Task WriteAsync(HttpContext context, ProblemDocument problem)
    {
        SetStatus(context, problem.Status);
        await context.Response.WriteAsJsonAsync(problem, ReadableJson.Rest.ProblemDocument, "application/problem+json", context.RequestAborted);
    }

    private static string DetailOf(HttpContext context, ProblemKind kind) => kind.Status switch
    {
        StatusCodes.Status400BadRequest =>
            $"The Host header '{context.Request.Host}' does not name this machine: behind a proxy, set Access:RequireKeys=true, or start the host with --allow-anonymous.",
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
