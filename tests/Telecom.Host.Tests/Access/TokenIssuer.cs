using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Telecom.Host.Tests.Access;

/// <summary>An identity provider on a free port: its description, its keys, its tokens.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "telecom";

    private readonly RSA rsa = RSA.Create(2048);
    private readonly WebApplication application;

    private TokenIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        application = builder.Build();
        application.MapGet(
            "/.well-known/openid-configuration", () => Results.Text($$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer}}/keys"}""", "application/json"));
        application.MapGet("/keys", () => Results.Text(Keys, "application/json"));
    }

    public string Issuer => application.Urls.Single();

    /// <summary>The public key as a JSON Web Key Set.</summary>
    public string Keys
    {
        get
        {
            var key = rsa.ExportParameters(includePrivateParameters: false);
            return $$"""{"keys":[{"kty":"RSA","use":"sig","kid":"one","n":"{{Base64UrlEncoder.Encode(key.Modulus)}}","e":"{{Base64UrlEncoder.Encode(key.Exponent)}}"}]}""";
        }
    }

    public static async Task<TokenIssuer> StartAsync()
    {
        var issuer = new TokenIssuer();
        await issuer.application.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <returns>A token whose claims are the usual ones with <paramref name="changes"/>; a null value removes a claim.</returns>
    public string Token(DateTimeOffset now, params (string Name, JsonNode? Value)[] changes)
    {
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = "operator-7",
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds(),
            ["scope"] = "read predict",
        };
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        return Sign(claims.ToJsonString(), new(new RsaSecurityKey(rsa) { KeyId = "one" }, SecurityAlgorithms.RsaSha256));
    }

    /// <returns>Any claims, signed by whatever key.</returns>
    public static string Sign(string claims, SigningCredentials? credentials)
    {
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return credentials is null ? handler.CreateToken(claims) : handler.CreateToken(claims, credentials);
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(CancellationToken.None);
        await application.DisposeAsync();
        rsa.Dispose();
    }
}
