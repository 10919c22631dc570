using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Refit;
using Telecom.Client.Api;
using Telecom.Client.OpenInference;
using Telecom.Client.Resilience;

namespace Telecom.Client;

/// <summary>Registers clients of a host.</summary>
public static class TelecomClientServices
{
    /// <summary>Name of the <see cref="HttpClient"/> behind all of them.</summary>
    public const string HttpClientName = "Telecom";

    /// <summary>
    /// Registers <see cref="TelecomClient"/>, <see cref="ITelecomApi"/> and <see cref="OpenInferenceClient"/>. Options are checked at start; a
    /// <see cref="TimeProvider"/> among the services is used for waiting.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the address, the key and the rest.</param>
    /// <returns>The builder of the <see cref="HttpClient"/>, e.g. for another handler.</returns>
    public static IHttpClientBuilder AddTelecomClient(this IServiceCollection services, Action<TelecomClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<TelecomClientOptions>().Configure(configure).ValidateOnStart();
        services.TryAddSingleton<IValidateOptions<TelecomClientOptions>, TelecomClientOptionsValidator>();
        services.TryAddTransient<TelecomClient>();
        services.TryAddTransient(provider => new OpenInferenceClient(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName)));

        var builder = services
            .AddRefitGeneratedClient<ITelecomApi>(ClientJson.Default, _ => Settings(), HttpClientName)
            .ConfigureHttpClient((provider, client) => Configure(client, Options(provider)))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A key goes where its owner sent it and nowhere else.
                AllowAutoRedirect = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            })
            .AddHttpMessageHandler(() => new TimeoutHandler());
        builder.AddResilienceHandler(HttpClientName, (pipeline, context) =>
            RetryRules.Configure(pipeline, Options(context.ServiceProvider), Time(context.ServiceProvider)));
        return builder.AddHttpMessageHandler(provider => new CredentialHandler(Options(provider)));
    }

    internal static RefitSettings Settings() => new()
    {
        ExceptionFactory = async response => IsReport(response) || response.IsSuccessStatusCode
            ? null
            : await Refusals.ReadAsync(response, CancellationToken.None).ConfigureAwait(false),
        TransportExceptionFactory = (_, exception, _) => exception,
        DeserializationExceptionFactory = (response, exception) => new(exception is JsonException
            ? TelecomApiException.Unreadable(exception.Message, response.StatusCode, exception)
            : exception),
    };

    // A host that is not ready answers with its report instead of a refusal.
    private static bool IsReport(HttpResponseMessage response) =>
        response is { StatusCode: System.Net.HttpStatusCode.ServiceUnavailable, Content.Headers.ContentType.MediaType: "application/json" }
        && RetryRules.IsHealthCheck(response.RequestMessage);

    private static void Configure(HttpClient client, TelecomClientOptions options)
    {
        // Addresses are appended to that of the host, which needs a slash at its end.
        var address = options.Address.AbsoluteUri;
        client.BaseAddress = new Uri(address.EndsWith('/') ? address : address + "/");
        client.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
    }

    private static TelecomClientOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<TelecomClientOptions>>().Value;

    private static TimeProvider Time(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;
}
