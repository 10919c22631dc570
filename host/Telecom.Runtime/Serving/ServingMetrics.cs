using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Telecom.Runtime.Serving;

/// <summary>Counts and times of all models, as numbers to read and as instruments to listen to. Safe to call from any thread.</summary>
public sealed class ServingMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Telecom.Serving";

    // Seconds, from half a millisecond to ten seconds.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Meter meter = new(MeterName);
    private readonly ConcurrentDictionary<string, ModelStatistics> models = new(StringComparer.Ordinal);

    /// <summary>Creates the instruments.</summary>
    public ServingMetrics()
    {
        Success = meter.CreateCounter<long>("telecom_inference_request_success_total", description: "Requests that were answered.");
        Failure = meter.CreateCounter<long>(
            "telecom_inference_request_failure_total", description: "Requests that were rejected, cancelled or failed, by reason.");
        Rows = meter.CreateCounter<long>("telecom_inference_count_total", description: "Rows that were answered.");
        Executions = meter.CreateCounter<long>("telecom_inference_exec_count_total", description: "Batches that were answered.");
        Request = Histogram("request", "From arrival to answer.");
        Queue = Histogram("queue", "From admission to the start of the batch.");
        Input = Histogram("compute_input", "Reading and checking the request.");
        Infer = Histogram("compute_infer", "The batch on the executor.");
        Output = Histogram("compute_output", "Writing the answer.");
        meter.CreateObservableGauge(
            "telecom_inference_pending_requests",
            () => models.Values.Select(model => new Measurement<long>(model.Pending, model.Labels)),
            description: "Requests that wait and do not run yet.");
    }

    /// <summary>Every model that was asked, ordered by name.</summary>
    public IReadOnlyList<ModelStatistics> All => [.. models.Values.OrderBy(model => model.Name, StringComparer.Ordinal)];

    internal Counter<long> Success { get; }

    internal Counter<long> Failure { get; }

    internal Counter<long> Rows { get; }

    internal Counter<long> Executions { get; }

    internal Histogram<double> Request { get; }

    internal Histogram<double> Queue { get; }

    internal Histogram<double> Input { get; }

    internal Histogram<double> Infer { get; }

    internal Histogram<double> Output { get; }

    /// <summary>Counts of a model since the start; they go on when another version of its plugin takes over.</summary>
    public ModelStatistics Of(string model) =>
        models.TryGetValue(model, out var known) ? known : models.GetOrAdd(model, name => new ModelStatistics(name, this));

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    private Histogram<double> Histogram(string part, string description) =>
        meter.CreateHistogram($"telecom_inference_{part}_duration_seconds", "s", description, advice: Buckets);
}
