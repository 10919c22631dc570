using System.Text.Json.Serialization;
using Microsoft.AspNetCore.HostFiltering;
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

        // A web page elsewhere that points its own name at 127.0.0.1 shall not reach a host that trusts loopback.
        builder.Services.Configure<HostFilteringOptions>(options =>
        {
            options.AllowedHosts = addresses.AllowsAnonymous ? ["*"] : LoopbackHosts;
            options.IncludeFailureMessage = false;
        });
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            // Numbers are numbers, in documents and in what is said about them.
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.TypeInfoResolverChain.Clear();
            options.SerializerOptions.TypeInfoResolverChain.Add(ReadableJson.Host);
            options.SerializerOptions.TypeInfoResolverChain.Add(ReadableJson.Rest);
        });
        builder.Services.AddSingleton(loggers).AddSingleton(runtime).AddSingleton(store).AddSingleton(recorder).AddSingleton(time);
        builder.Services.AddSingleton(new PredictionPace(ServingSettings.Patience(settings))).AddSingleton<PredictionWork>();
        builder.Services.AddSingleton(new OperationOptions()).AddSingleton<OperationService>();
        builder.Services.AddOpenApi("v1", OpenApiDocumentation.Configure).AddOpenApi("oip", OpenInferenceDocumentation.Configure);
        TelemetryServices.Add(builder.Services, settings);

        var application = builder.Build();
        application.UseMiddleware<Problems>();
        OpenInferenceEndpoints.UseErrors(application);
        application.UseHostFiltering();
        application.UseMiddleware<IdempotentPosts>();
        var api = application.MapGroup("/api/v1");
        TaskEndpoints.Map(api);
        PredictionEndpoints.Map(api);
        OperationEndpoints.Map(api);
        EvaluationEndpoints.Map(api);
        StateEndpoints.Map(api);
        AdapterEndpoints.Map(api);
        PluginEndpoints.Map(api);
        OpenInferenceEndpoints.Map(application);
        HealthEndpoints.Map(application);
        ErrorEndpoints.Map(application);
        StartPage.Map(application);
        TelemetryServices.Use(application);
        application.MapOpenApi("/openapi/{documentName}.json");
        ReferencePage.Map(application);
        return application;
    }
}
