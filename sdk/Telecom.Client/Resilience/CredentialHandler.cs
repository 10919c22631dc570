using System.Net.Http.Headers;

namespace Telecom.Client.Resilience;

/// <summary>Adds the key or token, anew for every try.</summary>
internal sealed class CredentialHandler(TelecomClientOptions options) : DelegatingHandler
{
    private const string Scheme = "Bearer";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (options.TokenProvider is { } provider)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(Scheme, await provider(cancellationToken).ConfigureAwait(false));
        }
        else if (options.ApiKey is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(Scheme, key);
        }

        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
