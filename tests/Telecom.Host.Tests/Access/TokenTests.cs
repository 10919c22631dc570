using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests.Access;

/// <summary>Tokens of an identity provider that this test is itself.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("telecom-tokens-");
    private readonly FakeTimeProvider time = new(Noon);

    private TokenIssuer issuer = null!;
    private AccessHost host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string KeysFile => Path.Combine(folder.FullName, "keys.json");

    public async ValueTask InitializeAsync()
    {
        issuer = await TokenIssuer.StartAsync();
        await File.WriteAllTextAsync(KeysFile, issuer.Keys, Cancel);
        host = await StartAsync(("Access:Jwt:Issuer", issuer.Issuer), ("Access:Jwt:Audience", TokenIssuer.Audience), ("Access:Jwt:KeysFile", KeysFile));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await issuer.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_token_lets_its_subject_in_with_its_scopes()
    {
        var token = issuer.Token(Noon);

        var quota = await host.JsonAsync(HttpMethod.Get, "/api/v1/quotas/me", HttpStatusCode.OK, token);

        Assert.Equal(("jwt:operator-7", "operator-7"), ((string?)quota["caller"], (string?)quota["name"]));
        Assert.Equal("""["read","predict"]""", quota["scopes"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Post, "/api/v1/tasks/echo/predictions", token, new JsonObject { ["x"] = 1 }));
        Assert.Equal("jwt:operator-7", host.Runtime.LastOptions!.Client);
        Assert.Equal(HttpStatusCode.Forbidden, await host.StatusAsync(HttpMethod.Get, "/api/v1/apikeys", token));
    }

    [Fact]
    public async Task Scopes_come_as_words_or_as_a_list_under_either_name_and_unknown_ones_mean_nothing()
    {
        await AssertScopesAsync("[\"read\"]", ("scope", "openid read root"));
        await AssertScopesAsync("[\"read\",\"models.write\"]", ("scope", null), ("scp", new JsonArray("read", "models.write")));
        await AssertScopesAsync("[\"admin\"]", ("scope", null), ("scp", "admin"));
        await AssertScopesAsync("[]", ("scope", null));
    }

    [Fact]
    public async Task The_subject_of_two_tokens_has_one_budget()
    {
        await using var narrow = await StartAsync(
            ("Access:Jwt:Issuer", issuer.Issuer), ("Access:Jwt:Audience", TokenIssuer.Audience), ("Access:Jwt:KeysFile", KeysFile),
            ("Access:RequestsPerSecond", "1"), ("Access:Burst", "2"));

        Assert.Equal(HttpStatusCode.OK, await narrow.StatusAsync(HttpMethod.Get, "/api/v1/tasks", issuer.Token(Noon)));
        Assert.Equal(HttpStatusCode.OK, await narrow.StatusAsync(HttpMethod.Get, "/api/v1/tasks", issuer.Token(Noon, ("jti", "2"))));
        Assert.Equal(HttpStatusCode.TooManyRequests, await narrow.StatusAsync(HttpMethod.Get, "/api/v1/tasks", issuer.Token(Noon, ("jti", "3"))));
        Assert.Equal(HttpStatusCode.OK, await narrow.StatusAsync(HttpMethod.Get, "/api/v1/tasks", issuer.Token(Noon, ("sub", "other"))));
    }

    [Fact]
    public async Task A_token_counts_until_it_ends_with_half_a_minute_for_clocks()
    {
        var token = issuer.Token(Noon);

        time.Advance(TimeSpan.FromSeconds(600 + 29));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(HttpMethod.Get, "/api/v1/tasks", token));
        time.Advance(TimeSpan.FromSeconds(1));
        await AssertRefusedAsync(token, "expired");
    }

    [Fact]
    public async Task A_token_with_a_wrong_claim_is_refused_saying_which()
    {
        await AssertRefusedAsync(issuer.Token(Noon, ("iss", "https://elsewhere.example")), "issuer");
        await AssertRefusedAsync(issuer.Token(Noon, ("iss", null)), "issuer");
        await AssertRefusedAsync(issuer.Token(Noon, ("aud", "another")), "audience");
        await AssertRefusedAsync(issuer.Token(Noon, ("aud", null)), "audience");
        await AssertRefusedAsync(issuer.Token(Noon, ("exp", null)), "names no end");
        await AssertRefusedAsync(issuer.Token(Noon, ("nbf", Noon.AddMinutes(1).ToUnixTimeSeconds())), "does not count yet");
        await AssertRefusedAsync(issuer.Token(Noon, ("sub", null)), "subject");
    }

    [Fact]
    public async Task A_token_that_another_signed_or_nobody_is_refused()
    {
        var claims = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(issuer.Token(Noon).Split('.')[1]));
        using var foreign = RSA.Create(2048);
        var known = issuer.Token(Noon).Split('.');
        using var document = System.Text.Json.JsonDocument.Parse(issuer.Keys);
        var modulus = Base64UrlEncoder.DecodeBytes(document.RootElement.GetProperty("keys")[0].GetProperty("n").GetString());

        await AssertRefusedAsync(TokenIssuer.Sign(claims, new(new RsaSecurityKey(foreign) { KeyId = "one" }, SecurityAlgorithms.RsaSha256)), "signature");
        await AssertRefusedAsync(TokenIssuer.Sign(claims, new(new RsaSecurityKey(foreign) { KeyId = "two" }, SecurityAlgorithms.RsaSha256)), "key that this host does not know");
        await AssertRefusedAsync(TokenIssuer.Sign(claims, null), "token");

        // The public key taken as the secret of a symmetric signature: the old confusion of algorithms.
        await AssertRefusedAsync(TokenIssuer.Sign(claims, new(new SymmetricSecurityKey(modulus) { KeyId = "one" }, SecurityAlgorithms.HmacSha256)), "token");
        await AssertRefusedAsync($"{known[0]}.{known[1]}.{known[2][..^4]}AAAA", "signature");
        await AssertRefusedAsync($"{known[0]}.{Base64UrlEncoder.Encode(claims.Replace("read predict", "admin", StringComparison.Ordinal))}.{known[2]}", "signature");
        await AssertRefusedAsync("no token at all", "neither");
    }

    [Fact]
    public async Task Keys_are_taken_from_the_description_of_the_provider()
    {
        await using var other = await StartAsync(
            ("Access:Jwt:Authority", issuer.Issuer), ("Access:Jwt:Audience", TokenIssuer.Audience), ("Access:Jwt:AllowHttp", "true"));

        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync(HttpMethod.Get, "/api/v1/tasks", issuer.Token(Noon)));
        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync(HttpMethod.Get, "/api/v1/tasks", issuer.Token(Noon, ("iss", "https://elsewhere.example"))));
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_lets_nobody_in()
    {
        await using var gone = await TokenIssuer.StartAsync();
        var (address, token) = (gone.Issuer, gone.Token(Noon));
        await gone.DisposeAsync();
        await using var other = await StartAsync(
            ("Access:Jwt:Authority", address), ("Access:Jwt:Audience", TokenIssuer.Audience), ("Access:Jwt:AllowHttp", "true"));

        Assert.Equal(HttpStatusCode.Unauthorized, await other.StatusAsync(HttpMethod.Get, "/api/v1/tasks", token));
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync(HttpMethod.Get, "/api/v1/tasks", await other.AddKeyAsync("read")));
    }

    [Fact]
    public async Task Without_settings_tokens_do_not_count()
    {
        await using var other = await StartAsync();

        var problem = await other.JsonAsync(HttpMethod.Get, "/api/v1/tasks", HttpStatusCode.Unauthorized, issuer.Token(Noon));

        Assert.Contains("not set up", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}")]
    public async Task A_file_without_public_keys_keeps_the_host_from_starting(string content)
    {
        var file = Path.Combine(folder.FullName, "bad.json");
        await File.WriteAllTextAsync(file, content, Cancel);

        var refusal = await Assert.ThrowsAsync<TelecomException>(() =>
            StartAsync(("Access:Jwt:Issuer", "x"), ("Access:Jwt:Audience", "y"), ("Access:Jwt:KeysFile", file)));

        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    private Task<AccessHost> StartAsync(params (string, string?)[] settings) => AccessHost.StartAsync("http://0.0.0.0:0", time: time, settings: settings);

    private async Task AssertScopesAsync(string expected, params (string, JsonNode?)[] changes)
    {
        var quota = await host.JsonAsync(HttpMethod.Get, "/api/v1/quotas/me", HttpStatusCode.OK, issuer.Token(Noon, changes));
        Assert.Equal(expected, quota["scopes"]!.ToJsonString());
    }

    private async Task AssertRefusedAsync(string token, string reason)
    {
        using var response = await host.GetAsync("/api/v1/tasks", token);
        var problem = await AccessHost.ReadAsync(response, HttpStatusCode.Unauthorized);
        Assert.Contains(reason, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }
}
