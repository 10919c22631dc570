using System.Globalization;
using Telecom.Host.Rest;
using Telecom.Host.Rest.OpenInference;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>Answers to callers that are not let in, without the price of an exception: there may be many of them.</summary>
internal static class Refusals
{
    private const string Challenge = "Bearer realm=\"telecom\"";

    /// <summary>401.</summary>
    /// <param name="context">The request.</param>
    /// <param name="detail">What is missing or wrong, and what to do.</param>
    /// <param name="isInvalid">Whether the caller showed something that does not count.</param>
    public static Task StrangerAsync(HttpContext context, string detail, bool isInvalid)
    {
        context.Response.Headers.WWWAuthenticate = isInvalid ? $"{Challenge}, error=\"invalid_token\"" : Challenge;
        return WriteAsync(context, ProblemKinds.Unauthenticated, detail);
    }

    /// <summary>403.</summary>
    public static Task ForbiddenAsync(HttpContext context, Caller caller, Scopes needed)
    {
        context.Response.Headers.WWWAuthenticate = $"{Challenge}, error=\"insufficient_scope\", scope=\"{needed.Name()}\"";
        return WriteAsync(
            context,
            ProblemKinds.Forbidden,
            $"This needs the scope '{needed.Name()}', and '{caller.Name}' has {string.Join(", ", caller.Scopes.Names())}: use a key that has it.");
    }

    /// <summary>429 for a caller who asks too often.</summary>
    public static Task TooOftenAsync(HttpContext context, TokenBucket bucket, TimeSpan wait)
    {
        SetLimit(context.Response, "requests", bucket.Burst, Seconds(TimeSpan.FromSeconds((double)bucket.Burst / bucket.PerSecond)), wait);
        return WriteAsync(
            context,
            ProblemKinds.Of(ErrorCode.RateLimited),
            string.Create(CultureInfo.InvariantCulture, $"This caller may send {bucket.PerSecond} requests per second, and {bucket.Burst} at once: wait {Seconds(wait)} s."));
    }

    /// <summary>Says on the answer which limit was met and when to come back (draft-ietf-httpapi-ratelimit-headers-10).</summary>
    /// <param name="response">The answer.</param>
    /// <param name="policy">Name of the limit.</param>
    /// <param name="quota">What it allows in a window.</param>
    /// <param name="windowSeconds">The window.</param>
    /// <param name="wait">Time until there is room again.</param>
    public static void SetLimit(HttpResponse response, string policy, long quota, long windowSeconds, TimeSpan wait)
    {
        var seconds = Seconds(wait);
        response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";q={quota};w={windowSeconds}");
        response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";r=0;t={seconds}");
    }

    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));

    private static Task WriteAsync(HttpContext context, ProblemKind kind, string detail) => OpenInferenceEndpoints.Owns(context)
        ? OpenInferenceErrors.WriteAsync(context, kind.Status, detail)
        : Problems.WriteAsync(context, kind, detail);
}
