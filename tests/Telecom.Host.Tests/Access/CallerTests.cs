using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Telecom.Host.Tests.Access;

/// <summary>Who may do what with which key.</summary>
public sealed class CallerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private AccessHost host = null!;

    private static JsonObject Echo => new() { ["x"] = 1.5 };

    public async ValueTask InitializeAsync() => host = await AccessHost.StartAsync("http://0.0.0.0:0", time: time);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("read", "GET", "/api/v1/tasks", 200)]
    [InlineData("predict", "GET", "/api/v1/tasks", 403)]
    [InlineData("read", "POST", "/api/v1/tasks/echo/predictions", 403)]
    [InlineData("predict", "POST", "/api/v1/tasks/echo/predictions", 200)]
    [InlineData("admin", "POST", "/api/v1/tasks/echo/predictions", 200)]
    [InlineData("read predict", "POST", "/api/v1/plugins", 403)]
    [InlineData("plugins.admin", "POST", "/api/v1/plugins", 415)]
    [InlineData("read", "DELETE", "/api/v1/plugins/x", 403)]
    [InlineData("plugins.admin", "DELETE", "/api/v1/models/adapters/x", 403)]
    [InlineData("read", "PUT", "/api/v1/models/adapters/x", 403)]
    [InlineData("plugins.admin models.write jobs.write", "GET", "/api/v1/apikeys", 403)]
    [InlineData("admin", "GET", "/api/v1/apikeys", 200)]
    [InlineData("read predict", "GET", "/api/v1/audit", 403)]
    [InlineData("models.write", "GET", "/api/v1/quotas/me", 200)]
    [InlineData("read", "POST", "/v2/repository/models/echo/unload", 403)]
    [InlineData("read", "POST", "/v2/models/echo/infer", 403)]
    [InlineData("predict", "GET", "/v2", 403)]
    [InlineData("read", "GET", "/v2", 200)]
    [InlineData("read", "GET", "/", 200)]
    [InlineData("read", "GET", "/no/such/address", 404)]
    public async Task A_scope_opens_its_routes_and_no_others(string scopes, string method, string address, int expected) =>
        Assert.Equal(expected, (int)await host.StatusAsync(HttpMethod.Parse(method), address, await host.AddKeyAsync(scopes), method == "POST" ? Echo : null));

    [Fact]
    public async Task A_refusal_names_the_scope_that_is_needed()
    {
        using var response = await host.GetAsync("/api/v1/apikeys", await host.AddKeyAsync("read predict", name: "panel"));
        var problem = await AccessHost.ReadAsync(response, HttpStatusCode.Forbidden);
        var error = await host.JsonAsync(HttpMethod.Post, "/v2/repository/models/x/load", HttpStatusCode.Forbidden, await host.AddKeyAsync("read"));

        Assert.Equal("forbidden", (string?)problem["code"]);
        Assert.Equal("This needs the scope 'admin', and 'panel' has read, predict: use a key that has it.", (string?)problem["detail"]);
        Assert.Contains("scope=\"admin\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("'models.write'", (string?)error["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_taken_as_bearer_and_in_its_own_header()
    {
        var key = await host.AddKeyAsync("read");

        Assert.Equal(HttpStatusCode.OK, await SendAsync("Authorization", $"Bearer {key}"));
        Assert.Equal(HttpStatusCode.OK, await SendAsync("Authorization", $"bearer  {key}"));
        Assert.Equal(HttpStatusCode.OK, await SendAsync("X-Api-Key", key));
    }

    [Fact]
    public async Task What_is_no_good_key_is_refused()
    {
        var key = await host.AddKeyAsync("read");
        var other = await host.AddKeyAsync("read");

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Api-Key", string.Empty));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Api-Key", key[..^1]));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Api-Key", key[..^1] + (key[^1] == 'A' ? 'Q' : 'A')));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("X-Api-Key", key[..21] + other[21..]));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("Authorization", $"Basic {key}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("Authorization", "Bearer "));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."));
        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(HttpMethod.Get, $"/api/v1/tasks?key={key}"));
    }

    [Fact]
    public async Task A_key_counts_until_it_expires()
    {
        var key = await host.AddKeyAsync("read", expiresAt: time.GetUtcNow().AddHours(1));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key));

        time.Advance(TimeSpan.FromHours(1));

        var problem = await host.JsonAsync(HttpMethod.Get, "/api/v1/tasks", HttpStatusCode.Unauthorized, key);
        Assert.Contains("expired", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_made_shown_once_used_and_taken_back()
    {
        var admin = await host.AddKeyAsync("admin", name: "chief");
        var wish = new JsonObject { ["name"] = "panel", ["scopes"] = new JsonArray("read"), ["expiresAt"] = "2026-04-01T00:00:00Z", ["rowsPerDay"] = 7 };
        using var created = await host.SendAsync(HttpMethod.Post, "/api/v1/apikeys", admin, wish);
        var answer = await AccessHost.ReadAsync(created, HttpStatusCode.Created);
        var (key, id) = ((string)answer["key"]!, (string)answer["id"]!);

        Assert.Equal($"/api/v1/apikeys/{id}", created.Headers.Location?.ToString());
        Assert.Equal("no-store", created.Headers.CacheControl?.ToString());
        Assert.StartsWith($"telecom_{id}_", key, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key));

        var shown = await host.JsonAsync(HttpMethod.Get, $"/api/v1/apikeys/{id}", HttpStatusCode.OK, admin);
        Assert.Equal(
            $$"""{"id":"{{id}}","prefix":"telecom_{{id}}","name":"panel","scopes":["read"],"state":"active","createdAt":"2026-03-01T12:00:00Z","expiresAt":"2026-04-01T00:00:00Z","lastUsedAt":"2026-03-01T12:00:00Z","revokedAt":null,"rowsPerDay":7}""",
            shown.ToJsonString());

        Assert.Equal(HttpStatusCode.NoContent, await host.StatusAsync(HttpMethod.Delete, $"/api/v1/apikeys/{id}", admin));
        Assert.Equal(HttpStatusCode.NoContent, await host.StatusAsync(HttpMethod.Delete, $"/api/v1/apikeys/{id}", admin));
        var refused = await host.JsonAsync(HttpMethod.Get, "/api/v1/tasks", HttpStatusCode.Unauthorized, key);
        Assert.Contains("taken back", (string?)refused["detail"], StringComparison.Ordinal);
        Assert.Equal("revoked", (string?)(await host.JsonAsync(HttpMethod.Get, $"/api/v1/apikeys/{id}", HttpStatusCode.OK, admin))["state"]);
        Assert.Equal(HttpStatusCode.NotFound, await host.StatusAsync(HttpMethod.Delete, "/api/v1/apikeys/nope", admin));
        Assert.Equal(HttpStatusCode.NotFound, await host.StatusAsync(HttpMethod.Get, "/api/v1/apikeys/nope", admin));
    }

    [Fact]
    public async Task A_key_is_found_by_its_beginning()
    {
        var admin = await host.AddKeyAsync("admin");
        var first = await host.AddKeyAsync("read", name: "first");
        await host.AddKeyAsync("read", name: "second");

        foreach (var prefix in (string[])[first[..20], first[8..14]])
        {
            var list = await host.JsonAsync(HttpMethod.Get, $"/api/v1/apikeys?prefix={prefix}", HttpStatusCode.OK, admin);
            Assert.Equal("first", (string?)Assert.Single(list["items"]!.AsArray())!["name"]);
            Assert.DoesNotContain(first[21..], list.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.BadRequest, await host.StatusAsync(HttpMethod.Get, $"/api/v1/apikeys?prefix={first}", admin));
        Assert.Equal(3, (await host.JsonAsync(HttpMethod.Get, "/api/v1/apikeys", HttpStatusCode.OK, admin))["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""{}""", "/name")]
    [InlineData("""{"name":" "}""", "/name")]
    [InlineData("""{"name":"a\u0007"}""", "/name")]
    [InlineData("""{"name":"a","scopes":[]}""", "/scopes")]
    [InlineData("""{"name":"a","scopes":["read","root"]}""", "/scopes/1")]
    [InlineData("""{"name":"a","scopes":"read"}""", "/scopes")]
    [InlineData("""{"name":"a","expiresAt":"2026-03-01T12:00:00Z"}""", "/expiresAt")]
    [InlineData("""{"name":"a","expiresAt":"soon"}""", "/expiresAt")]
    [InlineData("""{"name":"a","expireAt":"2027-03-01T12:00:00Z"}""", "/expireAt")]
    [InlineData("""{"name":"a","rowsPerDay":-1}""", "/rowsPerDay")]
    [InlineData("""null""", "")]
    public async Task A_wish_that_cannot_be_met_is_refused_naming_the_member(string body, string pointer)
    {
        var admin = await host.AddKeyAsync("admin");

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/apikeys", UriKind.Relative));
        request.Headers.Add("X-Api-Key", admin);
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await AccessHost.ReadAsync(response, HttpStatusCode.BadRequest);

        Assert.Equal("invalid_input", (string?)problem["code"]);
        Assert.Equal(pointer, (string?)problem["errors"]![0]!["pointer"]);
        Assert.Single(host.Keys.All);
    }

    [Fact]
    public async Task Predictions_of_a_key_count_for_its_share_and_those_of_strangers_for_none()
    {
        var key = await host.AddKeyAsync("predict");
        await host.StatusAsync(HttpMethod.Post, "/api/v1/tasks/echo/predictions", key, Echo);
        await using var local = await AccessHost.LocalAsync();
        await local.StatusAsync(HttpMethod.Post, "/api/v1/tasks/echo/predictions", body: Echo);

        Assert.Equal(key[8..20], host.Runtime.LastOptions!.Client);
        Assert.Null(local.Runtime.LastOptions!.Client);
    }

    private async Task<HttpStatusCode> SendAsync(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/tasks", UriKind.Relative));
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
