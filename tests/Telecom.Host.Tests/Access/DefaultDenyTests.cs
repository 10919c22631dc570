using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Telecom.Host.Access;

namespace Telecom.Host.Tests.Access;

/// <summary>A host that other machines can reach answers nobody without a key.</summary>
public sealed class DefaultDenyTests : IAsyncLifetime
{
    private static readonly string[] Open = ["/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready"];

    private AccessHost host = null!;

    public async ValueTask InitializeAsync() => host = await AccessHost.OpenAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Every_route_of_the_open_api_document_is_refused_with_401()
    {
        var key = await host.AddKeyAsync("read");
        var document = await host.JsonAsync(HttpMethod.Get, "/openapi/v1.json", HttpStatusCode.OK, key);
        var routes = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key, Method: operation.Key)))
            .Where(route => route.Method is "get" or "put" or "post" or "delete" or "patch")
            .ToList();

        Assert.Superset(new HashSet<string> { "/api/v1/tasks/echo/predictions", "/api/v1/plugins", "/api/v1/apikeys/{id}" }, routes.Select(route => route.Path).ToHashSet());
        foreach (var (path, method) in routes.Where(route => !Open.Contains(route.Path)))
        {
            await AssertRefusedAsync(HttpMethod.Parse(method), path);
        }
    }

    [Fact]
    public async Task Every_route_that_is_mapped_is_refused_with_401_but_those_of_health()
    {
        var routes = host.Application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => (Path: "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), Method: method)))
            .ToList();

        Assert.True(routes.Count > 40, $"{routes.Count} routes");
        Assert.Equal(Open.Order(), routes.Where(route => Open.Contains(route.Path)).Select(route => route.Path).Distinct().Order());
        foreach (var (path, method) in routes.Where(route => !Open.Contains(route.Path)))
        {
            await AssertRefusedAsync(HttpMethod.Parse(method), path);
        }
    }

    [Fact]
    public async Task Every_route_says_whom_it_serves()
    {
        // What nobody gave a rule is for administrators alone, which is safe and hardly ever meant.
        var unmarked = host.Application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<AccessRule>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText);

        Assert.Empty(unmarked);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/health/live"));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/v2/health/live")]
    public async Task Health_is_open(string address) => Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, address));

    [Theory]
    [InlineData("GET", "/no/such/address")]
    [InlineData("GET", "/api/v1/tasks/nope")]
    [InlineData("PATCH", "/api/v1/tasks")]
    [InlineData("GET", "/v2/models/nope")]
    [InlineData("GET", "/HEALTH/LIVE/..%2f..%2fapi/v1/tasks")]
    public Task A_stranger_does_not_learn_what_there_is(string method, string address) => AssertRefusedAsync(HttpMethod.Parse(method), address);

    [Fact]
    public async Task What_nobody_gave_a_rule_is_for_administrators_alone()
    {
        await using var other = await AccessHost.StartAsync("http://0.0.0.0:0", more: application => application.MapGet("/forgotten", () => "found"));

        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync(HttpMethod.Get, "/forgotten"));
        Assert.Equal(HttpStatusCode.Forbidden, await other.StatusAsync(HttpMethod.Get, "/forgotten", await other.AddKeyAsync("read predict jobs.write")));
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync(HttpMethod.Get, "/forgotten", await other.AddKeyAsync("admin")));
    }

    [Fact]
    public async Task Metrics_are_open_where_it_is_set()
    {
        await using var other = await AccessHost.OpenAsync(("Access:OpenMetrics", "true"));

        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync(HttpMethod.Get, "/metrics"));
        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync(HttpMethod.Get, "/api/v1/tasks"));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/metrics", await host.AddKeyAsync("read")));
    }

    [Fact]
    public async Task Refusals_have_the_form_of_their_interface()
    {
        using var native = await host.GetAsync("/api/v1/tasks");
        var problem = await AccessHost.ReadAsync(native, HttpStatusCode.Unauthorized);
        using var protocol = await host.GetAsync("/v2/models/echo");
        var error = await AccessHost.ReadAsync(protocol, HttpStatusCode.Unauthorized);

        Assert.Equal("application/problem+json", native.Content.Headers.ContentType?.MediaType);
        Assert.Equal(("unauthenticated", "/errors/unauthenticated"), ((string?)problem["code"], (string?)problem["type"]));
        Assert.Equal("application/json", protocol.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["error"], error.AsObject().Select(member => member.Key));
        Assert.Contains("'read'", (string?)error["error"], StringComparison.Ordinal);
        Assert.StartsWith("Bearer", native.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(HttpMethod method, string path)
    {
        var address = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]+\}", "x");
        using var response = await host.SendAsync(method, address, body: method == HttpMethod.Get ? null : new JsonObject());
        Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {address}: {(int)response.StatusCode}");
    }
}
