using System.Diagnostics;

namespace Telecom.Host.Rest;

/// <summary>Turns every failure of the requests behind it into an answer; each interface has its own form of one.</summary>
internal abstract class FailureBoundary(RequestDelegate next)
{
    private const string RetryAfterSeconds = "1";

    // Not an HTTP status of any standard: the caller left, and nobody will read it.
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            {
                await ExplainAsync(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, exception);
        }
    }

    /// <summary>Gives the status that routing or a middleware set, without a body, its body.</summary>
    protected abstract Task ExplainAsync(HttpContext context);

    /// <summary>Answers for a request that threw.</summary>
    protected abstract Task RefuseAsync(HttpContext context, Exception exception);

    /// <summary>Sets the status and what callers need to know beside it.</summary>
    protected static void SetStatus(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
        {
            // Whoever knows it better has set it.
            context.Response.Headers.RetryAfter = context.Response.Headers.RetryAfter is [{ } set] ? set : RetryAfterSeconds;
        }
    }

    /// <returns>Under what the log has this request.</returns>
    protected static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
}
