using System.Net;
using System.Text.Json.Nodes;

namespace Telecom.Host.Tests.Access;

/// <summary>Where callers may leave open who they are.</summary>
public sealed class AnonymousTests
{
    private static readonly (HttpMethod, string)[] Administration =
    [
        (HttpMethod.Post, "/api/v1/plugins"),
        (HttpMethod.Post, "/api/v1/plugins/x:disable"),
        (HttpMethod.Delete, "/api/v1/plugins/x"),
        (HttpMethod.Put, "/api/v1/models/adapters/x"),
        (HttpMethod.Post, "/v2/repository/models/x/unload"),
        (HttpMethod.Get, "/api/v1/apikeys"),
        (HttpMethod.Post, "/api/v1/apikeys"),
        (HttpMethod.Get, "/api/v1/audit"),
    ];

    [Theory]
    [InlineData("http://127.0.0.1:0", false)]
    [InlineData("http://0.0.0.0:0", true)]
    public async Task Reading_and_predicting_need_no_key_and_administration_does(string url, bool allowsAnonymous)
    {
        await using var host = await AccessHost.StartAsync(url, allowsAnonymous);

        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks"));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/"));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Post, "/api/v1/tasks/echo/predictions", body: new JsonObject { ["x"] = 1 }));
        foreach (var (method, address) in Administration)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(method, address, body: method == HttpMethod.Post ? new JsonObject() : null));
        }

        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/apikeys", await host.AddKeyAsync("admin")));
    }

    [Fact]
    public async Task A_wrong_key_is_refused_where_none_would_be_let_in()
    {
        await using var host = await AccessHost.LocalAsync();
        var key = await host.AddKeyAsync("predict");

        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key[..^3] + "abc"));
        Assert.Equal(HttpStatusCode.Forbidden, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", key));
    }

    [Fact]
    public async Task Strangers_have_no_limits()
    {
        await using var host = await AccessHost.LocalAsync(("Access:RequestsPerSecond", "1"), ("Access:Burst", "1"), ("Access:RowsPerDay", "1"));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(
                HttpStatusCode.OK,
                await host.StatusAsync(HttpMethod.Post, "/api/v1/tasks/echo/predictions", body: new JsonArray(new JsonObject { ["x"] = 1 }, new JsonObject { ["x"] = 2 })));
        }

        var quota = await host.JsonAsync(HttpMethod.Get, "/api/v1/quotas/me", HttpStatusCode.OK);
        Assert.Equal("anonymous", (string?)quota["caller"]);
        Assert.Null(quota["requestsPerSecond"]);
    }

    [Fact]
    public async Task Keys_can_be_required_on_this_machine_too_and_then_any_host_name_is_served()
    {
        await using var host = await AccessHost.LocalAsync(("Access:RequireKeys", "true"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/tasks", UriKind.Relative));
        request.Headers.Host = "telecom.example";
        request.Headers.Add("X-Api-Key", await host.AddKeyAsync("read"));
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_page_elsewhere_that_names_itself_127_0_0_1_is_refused()
    {
        await using var host = await AccessHost.LocalAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/tasks", UriKind.Relative));
        request.Headers.Host = "attacker.example";
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
