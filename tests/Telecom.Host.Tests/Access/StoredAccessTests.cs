using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Telecom.Host.Access;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Tests.Access;

/// <summary>What is written behind the requests, and what other processes write.</summary>
public sealed class StoredAccessTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Noon);

    private AccessHost host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => host = await AccessHost.StartAsync("http://0.0.0.0:0", time: time);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Use_of_keys_is_written_in_the_background()
    {
        var key = await host.AddKeyAsync("predict");
        await host.StatusAsync(HttpMethod.Post, "/api/v1/tasks/echo/predictions", key, new JsonArray(new JsonObject { ["x"] = 1 }, new JsonObject { ["x"] = 2 }));
        Assert.Null(Assert.Single(await host.Store.Access.ListKeysAsync(Token)).LastUsedAt);

        time.Advance(AccessUpkeep.Period);
        await UntilAsync(async () => (await host.Store.Access.ListKeysAsync(Token))[0].LastUsedAt == Noon);

        Assert.Equal(2, Assert.Single(await host.Store.Access.ListRowsAsync(new(2026, 3, 1), Token)).Rows);
    }

    [Fact]
    public async Task Rows_of_the_day_outlive_the_host()
    {
        var key = await host.AddKeyAsync("predict", rowsPerDay: 3);
        await host.StatusAsync(HttpMethod.Post, "/api/v1/tasks/echo/predictions", key, new JsonArray(new JsonObject { ["x"] = 1 }, new JsonObject { ["x"] = 2 }));
        await host.Application.StopAsync(Token);
        var settings = AccessSettings.Read(null);
        var ledger = new CallerLedger(settings, host.Store.Access, time);
        await ledger.LoadAsync(Token);

        Assert.Equal(2, ledger.Of(key[8..20]).Rows.Used);
        Assert.Equal(Noon, Assert.Single(await host.Store.Access.ListKeysAsync(Token)).LastUsedAt);
    }

    [Fact]
    public async Task A_key_that_another_process_makes_counts_at_once_and_one_that_it_takes_back_no_longer_after_five_seconds()
    {
        await using var other = TelecomStore.Open(host.Store.Path);
        var (stored, key) = KeyMaker.Make(new() { Name = "elsewhere", Scopes = ["read"] }, time.GetUtcNow());
        await other.Access.AddKeyAsync(stored, null, Token);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key));

        await other.Access.RevokeKeyAsync(stored.Id, time.GetUtcNow(), null, Token);
        time.Advance(AccessUpkeep.Period);
        await UntilAsync(async () => await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Administrative_requests_are_noted_with_who_what_when_and_how_they_ended()
    {
        var admin = await host.AddKeyAsync("admin", name: "chief");
        var panel = await host.AddKeyAsync("read", name: "panel");
        var made = await host.JsonAsync(HttpMethod.Post, "/api/v1/apikeys", HttpStatusCode.Created, admin, new JsonObject { ["name"] = "new" });
        time.Advance(TimeSpan.FromSeconds(3));
        await host.StatusAsync(HttpMethod.Delete, $"/api/v1/apikeys/{made["id"]}", panel);
        await host.StatusAsync(HttpMethod.Delete, $"/api/v1/apikeys/{made["id"]}", admin);
        await host.StatusAsync(HttpMethod.Get, "/api/v1/apikeys", admin);
        await host.StatusAsync(HttpMethod.Delete, "/api/v1/apikeys/x");

        var trail = (await host.JsonAsync(HttpMethod.Get, "/api/v1/audit", HttpStatusCode.OK, admin))["items"]!.AsArray();

        Assert.Equal(
            [
                ("2026-03-01T12:00:03Z", "chief", "revokeKey", $"/api/v1/apikeys/{made["id"]}", 204),
                ("2026-03-01T12:00:03Z", "panel", "revokeKey", $"/api/v1/apikeys/{made["id"]}", 403),
                ("2026-03-01T12:00:00Z", "chief", "createKey", "/api/v1/apikeys", 201),
            ],
            trail.Select(entry => ((string)entry!["at"]!, (string)entry["callerName"]!, (string)entry["action"]!, (string)entry["target"]!, (int)entry["status"]!)));
        Assert.All(trail, entry => Assert.NotEmpty((string?)entry!["traceId"] ?? string.Empty));
        Assert.DoesNotContain("telecom_", trail.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_fails_is_noted_with_its_status()
    {
        // The fake runtime has no plugins to operate on, so the operation throws.
        var key = await host.AddKeyAsync("plugins.admin admin");
        await host.StatusAsync(HttpMethod.Post, "/api/v1/plugins/x:disable", key);
        await host.StatusAsync(HttpMethod.Post, "/v2/repository/models/x/unload", key);

        var trail = (await host.JsonAsync(HttpMethod.Get, "/api/v1/audit", HttpStatusCode.OK, key))["items"]!.AsArray();

        Assert.Equal(
            [("POST /v2/repository/models/{model}/unload", true), ("disablePlugin", true)],
            trail.Select(entry => ((string)entry!["action"]!, (int)entry["status"]! >= 400)));
    }

    [Fact]
    public async Task The_trail_comes_in_pages()
    {
        var admin = await host.AddKeyAsync("admin");
        for (var i = 0; i < 3; i++)
        {
            await host.StatusAsync(HttpMethod.Delete, $"/api/v1/apikeys/x{i}", admin);
        }

        using var first = await host.GetAsync("/api/v1/audit?limit=2", admin);
        var page = await AccessHost.ReadAsync(first, HttpStatusCode.OK);
        var rest = await host.JsonAsync(HttpMethod.Get, $"/api/v1/audit?limit=2&cursor={page["nextCursor"]}", HttpStatusCode.OK, admin);

        Assert.Equal(["/api/v1/apikeys/x2", "/api/v1/apikeys/x1"], page["items"]!.AsArray().Select(entry => (string?)entry!["target"]));
        Assert.Equal(["/api/v1/apikeys/x0"], rest["items"]!.AsArray().Select(entry => (string?)entry!["target"]));
        Assert.Null(rest["nextCursor"]);
        Assert.Contains("rel=\"next\"", first.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, await host.StatusAsync(HttpMethod.Get, "/api/v1/audit?cursor=5", admin));
    }

    // The background work runs on its own threads: there is nothing to wait for but its effect.
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var watch = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), "It did not become so within a minute.");
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
