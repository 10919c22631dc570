using OpenTelemetry.Metrics;

namespace Telecom.Host.Telemetry;

/// <summary>The scrape of Prometheus. The exporter is a preview: nothing else in the host knows it.</summary>
internal static class PrometheusScrape
{
    private const string Path = "/metrics";

    // Our names carry their suffixes already, and those of Triton have none.
    public static void Add(MeterProviderBuilder metrics) =>
        metrics.AddPrometheusExporter(exporter => exporter.DisableTotalNameSuffixForCounters = true);

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint(Path);
}
