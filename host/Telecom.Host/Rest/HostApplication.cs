using System.Text.Json.Serialization;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.OpenApi;
using Telecom.Host.Access;
using Telecom.Host.Predictions;
using Telecom.Host.Rest.Idempotency;
using Telecom.Host.Rest.OpenApi;
using Telecom.Host.Rest.OpenInference;
using Telecom.Host.Rest.Operations;
using Telecom.Host.Telemetry;
using Telecom.Host.Terminal;
using Telecom.Jobs.Storage;
using Telecom.Runtime;

namespace Telecom.Host.Rest;

/// <summary>The web application around a started runtime.</summary>
internal static class HostApplication
{
    private static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Builds it; nothing listens yet. Runtime, store and recorder stay the caller's.</summary>
    public static WebApplication Build(
        ServeAddresses addresses,
        ITelecomRuntime runtime,
        TelecomStore store,
        PredictionRecorder recorder,
        ILoggerFactory loggers,
        TimeProvider time,
        IConfiguration? settings = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls([.. addresses.Urls]);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = JsonBody.DroppedBytes;
        });
        builder.Services.AddSingleton(loggers).AddSingleton(runtime).AddSingleton(store).AddSingleton(recorder).AddSingleton(time);
        AddAccess(builder.Services, addresses, settings);
        AddInterfaces(builder.Services, settings);
        TelemetryServices.Add(builder.Services, settings);

        var application = builder.Build();
        SecurityHeaders.Use(application);
        application.UseMiddleware<Problems>();
        OpenInferenceEndpoints.UseErrors(application);
        application.UseHostFiltering();
        AccessServices.Use(application);
        application.UseMiddleware<IdempotentPosts>();
        Map(application);
        return application;
    }

    private static void AddAccess(IServiceCollection services, ServeAddresses addresses, IConfiguration? settings)
    {
        var access = AccessSettings.Read(settings);
        AccessServices.Add(services, addresses, access);

        // A web page elsewhere that points its own name at 127.0.0.1 shall not reach a host that trusts loopback.
        services.Configure<HostFilteringOptions>(options =>
        {
            options.AllowedHosts = addresses.AllowsAnonymous || !AccessServices.AllowsAnonymous(addresses, access) ? ["*"] : LoopbackHosts;
            options.IncludeFailureMessage = false;
        });
    }

    private static void AddInterfaces(IServiceCollection services, IConfiguration? settings)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            // Numbers are numbers, in documents and in what is said about them.
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.TypeInfoResolverChain.Clear();
            options.SerializerOptions.TypeInfoResolverChain.Add(ReadableJson.Host);
            options.SerializerOptions.TypeInfoResolverChain.Add(ReadableJson.Rest);
            options.SerializerOptions.TypeInfoResolverChain.Add(ReadableJson.Access);
        });
        services.AddSingleton(new PredictionPace(ServingSettings.Patience(settings))).AddSingleton<PredictionWork>();
        services.AddSingleton(new OperationOptions()).AddSingleton<OperationService>();
        services.AddOpenApi("v1", OpenApiDocumentation.Configure).AddOpenApi("oip", OpenInferenceDocumentation.Configure);
        services.ConfigureAll<OpenApiOptions>(AccessDescription.Configure);
    }

    private static void Map(WebApplication application)
    {
        var api = application.MapGroup("/api/v1").Needs(Scopes.Read);
        TaskEndpoints.Map(api);
        PredictionEndpoints.Map(api);
        OperationEndpoints.Map(api.MapGroup(string.Empty).NeedsCaller());
        EvaluationEndpoints.Map(api.MapGroup(string.Empty).Needs(Scopes.Predict));
        StateEndpoints.Map(api);
        AdapterEndpoints.Map(api);
        PluginEndpoints.Map(api);
        AccessServices.Map(api);
        OpenInferenceEndpoints.Map(application);
        HealthEndpoints.Map(application);
        ErrorEndpoints.Map(application);
        StartPage.Map(application);
        TelemetryServices.Use(application);
        application.MapOpenApi("/openapi/{documentName}.json").Needs(Scopes.Read);
        ReferencePage.Map(application);
    }
}
