using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>The <c>Access:Jwt:</c> settings: whose tokens count, and where the keys that signed them are.</summary>
/// <param name="Issuer">What tokens must name as their issuer; null takes it from the provider's own description.</param>
/// <param name="Audience">What tokens must name as their audience.</param>
/// <param name="Authority">Address of the identity provider, whose description names its keys; null with <paramref name="KeysFile"/>.</param>
/// <param name="KeysFile">File with the provider's public keys (JWKS); null with <paramref name="Authority"/>.</param>
/// <param name="AllowsHttp">Whether the provider may be asked without TLS.</param>
internal sealed record TokenSettings(string? Issuer, string Audience, Uri? Authority, string? KeysFile, bool AllowsHttp)
{
    private const string Section = "Access:Jwt:";

    /// <returns>The settings; null where none is set.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/> saying which setting is missing or wrong.</exception>
    public static TokenSettings? Read(IConfiguration settings)
    {
        var (issuer, audience) = (settings[$"{Section}Issuer"], settings[$"{Section}Audience"]);
        var (authority, keysFile) = (settings[$"{Section}Authority"], settings[$"{Section}KeysFile"]);
        var allowsHttp = AccessSettings.Flag(settings, $"{Section}AllowHttp");
        if (issuer is null && audience is null && authority is null && keysFile is null)
        {
            return null;
        }

        if (string.IsNullOrEmpty(audience))
        {
            throw Invalid("needs Audience: without it, tokens that were made for other programs would count here.");
        }

        if ((authority is null) == (keysFile is null))
        {
            throw Invalid("needs either Authority, the address of the identity provider, or KeysFile, a file with its public keys (JWKS).");
        }

        if (keysFile is not null)
        {
            return string.IsNullOrEmpty(issuer)
                ? throw Invalid("needs Issuer beside KeysFile.")
                : new(issuer, audience, null, Path.GetFullPath(keysFile), allowsHttp);
        }

        var address = Uri.TryCreate(authority, UriKind.Absolute, out var parsed) ? parsed : null;
        return address?.Scheme == Uri.UriSchemeHttps || (address?.Scheme == Uri.UriSchemeHttp && allowsHttp)
            ? new(issuer, audience, address, null, allowsHttp)
            : throw Invalid($"Authority={authority} must be an https address (http with AllowHttp=true, for tests).");
    }

    private static TelecomException Invalid(string what) => new(ErrorCode.InvalidInput, $"Setting Access:Jwt {what}");
}
