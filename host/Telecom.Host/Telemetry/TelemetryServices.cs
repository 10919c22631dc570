using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Telecom.Host.Access;
using Telecom.Host.Rest.OpenInference;
using Telecom.Runtime.Serving;

namespace Telecom.Host.Telemetry;

/// <summary>Metrics and traces of the host: scraped at <c>/metrics</c>, and pushed where <c>Telemetry:OtlpEndpoint</c> says.</summary>
internal static class TelemetryServices
{
    /// <summary>Also exports the counters under Triton's names, so that dashboards made for it work.</summary>
    public const string TritonNamesSetting = "Metrics:TritonNames";

    /// <summary>Where a collector takes OTLP over gRPC, e.g. <c>http://localhost:4317</c>; nothing is pushed without it.</summary>
    public const string OtlpEndpointSetting = "Telemetry:OtlpEndpoint";

    private const string WebMetrics = "Microsoft.AspNetCore.Hosting";
    private const string WebTraces = "Microsoft.AspNetCore";

    /// <exception cref="Sdk.Errors.TelecomException">A setting that cannot be read.</exception>
    public static void Add(IServiceCollection services, IConfiguration? settings)
    {
        var options = TelemetrySettings.Read(settings);
        services.AddSingleton<HostMetrics>();
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("telecom", serviceVersion: ServerEndpoints.Version));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(ServingMetrics.MeterName, HostMetrics.MeterName, WebMetrics);
            PrometheusScrape.Add(metrics);
            if (options.TritonNames)
            {
                services.AddSingleton<TritonMetrics>();
                metrics.AddMeter(TritonMetrics.MeterName);
            }

            if (options.OtlpEndpoint is { } endpoint)
            {
                metrics.AddOtlpExporter(exporter => exporter.Endpoint = endpoint);
            }
        });
        if (options.OtlpEndpoint is { } collector)
        {
            telemetry.WithTracing(traces => traces
                .AddSource(WebTraces, ServingTraces.SourceName)
                .AddOtlpExporter(exporter => exporter.Endpoint = collector));
        }
    }

    /// <summary>Starts what observes the runtime, and maps the scrape.</summary>
    public static void Use(WebApplication application)
    {
        application.Services.GetRequiredService<HostMetrics>();
        application.Services.GetService<TritonMetrics>();
        var scrape = PrometheusScrape.Map(application);
        _ = application.Services.GetRequiredService<AccessSettings>().OpenMetrics ? scrape.IsOpen() : scrape.Needs(Scopes.Read);
    }
}
