using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Telecom.Host.Tests.Access;

public sealed class SecurityHeaderTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/health/live")]
    [InlineData("/api/v1/tasks")]
    [InlineData("/v2")]
    [InlineData("/no/such/address")]
    [InlineData("/api/v1/apikeys")]
    public async Task Every_answer_also_a_refusal_carries_them(string address)
    {
        await using var host = await AccessHost.LocalAsync();

        using var response = await host.GetAsync(address);

        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.StartsWith("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(response.Headers.Contains("Strict-Transport-Security"), "http must not promise https");
    }

    [Fact]
    public async Task Pages_of_others_may_not_ask_unless_they_are_named()
    {
        await using var closed = await AccessHost.OpenAsync();
        await using var open = await AccessHost.OpenAsync(("Access:Origins", "https://panel.example"));

        using var refused = await PreflightAsync(closed, "https://panel.example");
        using var allowed = await PreflightAsync(open, "https://panel.example");
        using var foreign = await PreflightAsync(open, "https://elsewhere.example");

        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("https://panel.example", allowed.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Authorization", allowed.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.OrdinalIgnoreCase);
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(HttpStatusCode.Unauthorized, await open.StatusAsync(HttpMethod.Get, "/api/v1/tasks"));
    }

    [Fact]
    public async Task Keys_appear_in_no_log_and_no_trace()
    {
        var seen = new ConcurrentQueue<string>();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new Recorder(seen)));
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => seen.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await AccessHost.StartAsync("http://0.0.0.0:0", loggers: loggers);
        var key = await host.AddKeyAsync("read");
        var secret = key[21..];

        await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key);
        await host.StatusAsync(HttpMethod.Get, "/api/v1/apikeys", key);
        await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks/nope", key);
        await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", $"{key[..20]}x_{secret}");
        await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", $"x{secret}");
        await host.DisposeAsync();

        Assert.NotEmpty(seen);
        Assert.DoesNotContain(seen, text => text.Contains(secret, StringComparison.Ordinal));
    }

    private static async Task<HttpResponseMessage> PreflightAsync(AccessHost host, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri("/api/v1/tasks", UriKind.Relative));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private sealed class Recorder(ConcurrentQueue<string> seen) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            seen.Enqueue(state.ToString() ?? string.Empty);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            seen.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
