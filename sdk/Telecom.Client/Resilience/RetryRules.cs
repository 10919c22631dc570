using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Telecom.Client.Api;

namespace Telecom.Client.Resilience;

/// <summary>
/// What is sent again. A call that changes nothing twice (GET, PUT, DELETE, or a POST with an idempotency key) is, after a lost connection and after
/// 408, 429, 502, 503 and 504. A call that creates nothing (inference) is, only where the host turned it away before starting: 429 or
/// 503 with <c>Retry-After</c>. Everything else, a prediction without a key first of all, is sent once.
/// </summary>
internal static class RetryRules
{
    /// <summary>Marks requests that create nothing although their HTTP method does not say so.</summary>
    public static readonly HttpRequestOptionsKey<bool> CreatesNothing = new("Telecom.CreatesNothing");

    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, TelecomClientOptions options, TimeProvider time)
    {
        pipeline.TimeProvider = time;
        pipeline.AddTimeout(options.Timeout);
        if (options.MaxRetries > 0)
        {
            pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = false,
                ShouldHandle = arguments => new(ShouldRetry(
                    arguments.Context.GetRequestMessage(), arguments.Outcome, options.MaxRetryDelay, time.GetUtcNow())),
                DelayGenerator = arguments => new(Wait(arguments.Outcome.Result, time.GetUtcNow())),
            });
        }
    }

    /// <summary>Whether the request asks how the host is now.</summary>
    public static bool IsHealthCheck(HttpRequestMessage? request) =>
        request?.RequestUri?.AbsolutePath.Contains("/health/", StringComparison.Ordinal) is true;

    private static bool ShouldRetry(HttpRequestMessage? request, Outcome<HttpResponseMessage> outcome, TimeSpan longestWait, DateTimeOffset now)
    {
        if (request is null || IsHealthCheck(request))
        {
            return false;
        }

        if (outcome.Exception is { } exception)
        {
            return exception is HttpRequestException && IsIdempotent(request);
        }

        var response = outcome.Result!;
        if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && Wait(response, now) is { } wait)
        {
            return wait <= longestWait && (IsIdempotent(request) || request.Options.TryGetValue(CreatesNothing, out var marked) && marked);
        }

        return IsIdempotent(request) && response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
    }

    // RFC 9110, 9.2.2: the methods that may be repeated; a key makes a POST one of them.
    private static bool IsIdempotent(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Put
        || request.Method == HttpMethod.Delete || request.Method == HttpMethod.Options
        || request.Headers.Contains(RequestHeaders.IdempotencyKey);

    private static TimeSpan? Wait(HttpResponseMessage? response, DateTimeOffset now) => Refusals.RetryAfter(response?.Headers.RetryAfter, now);
}
