using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Telecom.Host.Tests.Fakes;

namespace Telecom.Host.Tests.Access;

/// <summary>How much callers may ask for.</summary>
public sealed class LimitTests
{
    private const string Predictions = "/api/v1/tasks/echo/predictions";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 22, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_caller_who_asks_too_often_is_told_when_to_come_back()
    {
        await using var host = await StartAsync(("Access:RequestsPerSecond", "2"), ("Access:Burst", "3"));
        var (key, other) = (await host.AddKeyAsync("read"), await host.AddKeyAsync("read"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key));
        }

        using var refused = await host.GetAsync("/api/v1/tasks", key);
        var problem = await AccessHost.ReadAsync(refused, HttpStatusCode.TooManyRequests);

        Assert.Equal("rate_limited", (string?)problem["code"]);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("\"requests\";r=0;t=1", refused.Headers.GetValues("RateLimit").Single());
        Assert.Equal("\"requests\";q=3;w=2", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.NotNull((await host.JsonAsync(HttpMethod.Get, "/v2/models/echo", HttpStatusCode.TooManyRequests, key))["error"]);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/health/live", key));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", other));

        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key));
        Assert.Equal(HttpStatusCode.TooManyRequests, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key));
    }

    [Fact]
    public async Task Fifty_requests_per_second_and_a_hundred_at_once_are_the_rule()
    {
        await using var host = await StartAsync();

        var quota = await host.JsonAsync(HttpMethod.Get, "/api/v1/quotas/me", HttpStatusCode.OK, await host.AddKeyAsync("read"));

        Assert.Equal((50, 100, 99), ((int)quota["requestsPerSecond"]!, (int)quota["burst"]!, (int)quota["requestsLeft"]!));
        Assert.Null(quota["rowsPerDay"]);
    }

    [Fact]
    public async Task Rows_of_a_day_are_limited_per_key_and_come_back_at_midnight()
    {
        await using var host = await StartAsync(("Access:RowsPerDay", "100"));
        var key = await host.AddKeyAsync("predict", rowsPerDay: 5);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Post, Predictions, key, Rows(4)));

        using var refused = await host.SendAsync(HttpMethod.Post, Predictions, key, Rows(2));
        var problem = await AccessHost.ReadAsync(refused, HttpStatusCode.TooManyRequests);
        var quota = await host.JsonAsync(HttpMethod.Get, "/api/v1/quotas/me", HttpStatusCode.OK, key);

        Assert.Equal("rate_limited", (string?)problem["code"]);
        Assert.Equal(TimeSpan.FromHours(2), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("\"rows\";q=5;w=86400", refused.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Equal((5L, 4L, 1L), ((long)quota["rowsPerDay"]!, (long)quota["rowsUsed"]!, (long)quota["rowsLeft"]!));
        Assert.Equal("2026-03-02T00:00:00Z", (string?)quota["resetsAt"]);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Post, Predictions, key, Rows(1)));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Post, Predictions, await host.AddKeyAsync("predict"), Rows(100)));

        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Post, Predictions, key, Rows(5)));
    }

    [Fact]
    public async Task A_task_that_is_busy_refuses_the_next_request_and_takes_it_when_one_is_done()
    {
        var gate = new TaskCompletionSource();
        var runtime = new FakeRuntime { Gate = gate.Task };
        await using var host = await AccessHost.StartAsync("http://127.0.0.1:0", runtime: runtime, settings: [("Access:RequestsPerTask", "2")]);
        var first = host.StatusAsync(HttpMethod.Post, Predictions, body: Rows(1));
        var second = host.StatusAsync(HttpMethod.Post, Predictions, body: Rows(1));
        while (runtime.Waiting < 2)
        {
            Assert.False(first.IsCompleted || second.IsCompleted, "A request ended although nothing let it.");
            await Task.Yield();
        }

        using var refused = await host.SendAsync(HttpMethod.Post, Predictions, body: Rows(1));
        var problem = await AccessHost.ReadAsync(refused, HttpStatusCode.TooManyRequests);
        gate.SetResult();

        Assert.Equal("rate_limited", (string?)problem["code"]);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await first, await second));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Post, Predictions, body: Rows(1)));
    }

    [Fact]
    public async Task A_body_above_32_MiB_is_refused_with_413()
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Predictions, UriKind.Relative));
        request.Headers.Add("X-Api-Key", await host.AddKeyAsync("predict"));
        request.Content = new ByteArrayContent(new byte[(32 << 20) + 1]);
        request.Content.Headers.ContentType = new("application/json");

        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private static JsonArray Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new JsonObject { ["x"] = i })];

    private Task<AccessHost> StartAsync(params (string, string?)[] settings) => AccessHost.StartAsync("http://0.0.0.0:0", time: time, settings: settings);
}
