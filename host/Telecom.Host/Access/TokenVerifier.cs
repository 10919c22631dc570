using System.Diagnostics.CodeAnalysis;
using System.Security;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Access;

/// <summary>Checks tokens of an identity provider (JWT, RFC 7519) and reads who their subject is and what he may do.</summary>
internal sealed partial class TokenVerifier
{
    /// <summary>What the ids of callers with tokens begin with.</summary>
    public const string CallerStart = "jwt:";

    // Of clocks that are set by the network.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    // Public keys only: a symmetric key in a set would let everybody who checks tokens make them, too.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler handler = new();
    private readonly AccessSettings settings;
    private readonly CallerLedger ledger;
    private readonly TimeProvider time;
    private readonly ILogger<TokenVerifier> logger;
    private readonly TokenValidationParameters? parameters;

    /// <exception cref="TelecomException">The file with the keys cannot be read.</exception>
    public TokenVerifier(AccessSettings settings, CallerLedger ledger, TimeProvider time, ILogger<TokenVerifier> logger)
    {
        this.settings = settings;
        this.ledger = ledger;
        this.time = time;
        this.logger = logger;
        parameters = settings.Tokens is { } tokens ? Parameters(tokens) : null;
    }

    /// <returns>Who comes with the token, or why it does not count.</returns>
    public async Task<(Caller? Caller, string Refusal)> VerifyAsync(string text, CancellationToken cancellationToken)
    {
        if (parameters is null)
        {
            return (null, "The header carries no key of this host, and tokens of an identity provider are not set up: send a key telecom_...");
        }

        var result = await handler.ValidateTokenAsync(text, parameters).WaitAsync(cancellationToken);
        if (!result.IsValid)
        {
            LogRefused(result.Exception.GetType().Name);
            return (null, Explain(result.Exception));
        }

        var token = (JsonWebToken)result.SecurityToken;
        if (string.IsNullOrEmpty(token.Subject))
        {
            return (null, "The token names no subject (sub).");
        }

        var id = CallerStart + token.Subject;
        return (new(id, token.Subject, ReadScopes(token), settings.RowsPerDay, ledger.Of(id)), string.Empty);
    }

    private static Scopes ReadScopes(JsonWebToken token)
    {
        // RFC 8693 separates them by spaces; some providers write a list, and some call it scp.
        var scopes = Scopes.None;
        foreach (var claim in token.Claims.Where(claim => claim.Type is "scope" or "scp"))
        {
            scopes |= ScopeNames.ReadKnown(claim.Value);
        }

        return scopes;
    }

    private static string Explain(Exception exception) => exception switch
    {
        SecurityTokenInvalidLifetimeException => "The token has expired, does not count yet, or names no end (exp): get a new one.",
        SecurityTokenInvalidIssuerException => "The token is of another issuer than this host takes tokens from.",
        SecurityTokenInvalidAudienceException => "The token was made for another audience than this host.",
        SecurityTokenInvalidAlgorithmException => "The token is signed with an algorithm that this host does not take: RS, PS or ES with SHA-2.",
        SecurityTokenSignatureKeyNotFoundException => "The token is signed with a key that this host does not know.",
        SecurityTokenInvalidSignatureException => "The signature of the token is not valid.",
        _ => "The header carries neither a key of this host nor a token that can be read.",
    };

    [SuppressMessage("Security", "CA5404:Do not disable token validation checks", Justification = "The validator of lifetimes follows the host's clock.")]
    private TokenValidationParameters Parameters(TokenSettings tokens)
    {
        var checks = new TokenValidationParameters
        {
            ValidAudience = tokens.Audience,
            ValidIssuer = tokens.Issuer,
            ValidAlgorithms = Algorithms,
            LifetimeValidator = (notBefore, expires, _, _) => IsCurrent(notBefore, expires, time.GetUtcNow().UtcDateTime),
        };
        if (tokens.Authority is { } authority)
        {
            checks.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                $"{authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever { RequireHttps = !tokens.AllowsHttp });
        }
        else
        {
            checks.IssuerSigningKeys = ReadKeys(tokens.KeysFile!);
        }

        return checks;
    }

    private static bool IsCurrent(DateTime? notBefore, DateTime? expires, DateTime now) =>
        expires is { } end && now < end + Skew && (notBefore is null || notBefore.Value - Skew <= now);

    private static IList<SecurityKey> ReadKeys(string path)
    {
        try
        {
            var keys = JsonWebKeySet.Create(File.ReadAllText(path)).GetSigningKeys();
            return keys.Count > 0 ? keys : throw new TelecomException(ErrorCode.DataRejected, $"The key file {path} has no key that signs tokens.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SecurityException)
        {
            throw new TelecomException(ErrorCode.NotFound, $"The key file {path} of Access:Jwt:KeysFile cannot be read: {exception.Message}", exception);
        }
        catch (ArgumentException exception)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"The key file {path} is no JSON Web Key Set.", exception);
        }
    }

    // The kind of failure only: messages of the library may quote the token.
    [LoggerMessage(4043, LogLevel.Debug, "A token was refused: {Kind}.")]
    private partial void LogRefused(string kind);
}
