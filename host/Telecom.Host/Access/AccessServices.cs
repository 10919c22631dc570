using Telecom.Host.Rest;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Access;

/// <summary>Puts access control into the web application.</summary>
internal static class AccessServices
{
    private static readonly string[] KnownHeaders = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "Prefer", Credential.KeyHeader];

    /// <param name="services">Services of the application.</param>
    /// <param name="addresses">Where it listens.</param>
    /// <param name="settings">The <c>Access:</c> settings.</param>
    public static void Add(IServiceCollection services, ServeAddresses addresses, AccessSettings settings)
    {
        services.AddSingleton(settings).AddSingleton(new AccessPolicy(AllowsAnonymous(addresses, settings)));
        services.AddSingleton(provider => provider.GetRequiredService<TelecomStore>().Access);
        services.AddSingleton<CallerLedger>().AddSingleton<KeyRing>().AddSingleton<TokenVerifier>().AddSingleton<AuditTrail>().AddSingleton<TaskPlaces>();
        services.AddHostedService<AccessUpkeep>();
        if (settings.Origins.Count > 0)
        {
            services.AddCors();
        }
    }

    /// <returns>Whether requests without a key are answered: on this machine alone, and where it is asked for.</returns>
    public static bool AllowsAnonymous(ServeAddresses addresses, AccessSettings settings) =>
        !settings.RequireKeys && (addresses.IsLoopback || addresses.AllowsAnonymous);

    /// <summary>Everything behind this sees only requests of callers who may send them.</summary>
    public static void Use(WebApplication application)
    {
        // Read here, so that a file with wrong keys keeps the host from starting rather than the first caller from his answer.
        application.Services.GetRequiredService<TokenVerifier>();
        if (application.Services.GetRequiredService<AccessSettings>().Origins is { Count: > 0 } origins)
        {
            // Browsers ask without a key first whether they may send one.
            application.UseCors(cors => cors.WithOrigins([.. origins]).WithHeaders(KnownHeaders).AllowAnyMethod());
        }

        application.UseMiddleware<AccessControl>();
    }

    /// <summary>Keys, quotas and the audit trail.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        KeyEndpoints.Map(api);
        CallerEndpoints.Map(api);
    }
}
