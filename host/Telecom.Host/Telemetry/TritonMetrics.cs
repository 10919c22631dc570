using System.Diagnostics.Metrics;
using Telecom.Runtime;
using Telecom.Runtime.Serving;

namespace Telecom.Host.Telemetry;

/// <summary>The counters of serving under the names and in the units of Triton: microseconds since the start.</summary>
internal sealed class TritonMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Telecom.Triton";

    private readonly Meter meter = new(MeterName);
    private readonly ITelecomRuntime runtime;

    public TritonMetrics(ITelecomRuntime runtime)
    {
        this.runtime = runtime;
        Count("nv_inference_request_success", model => model.Success.Count);
        Count("nv_inference_request_failure", model => model.Fail.Count);
        Count("nv_inference_count", model => model.Inferences);
        Count("nv_inference_exec_count", model => model.Executions);
        Count("nv_inference_request_duration_us", model => Microseconds(model.Success));
        Count("nv_inference_queue_duration_us", model => Microseconds(model.Queue));
        Count("nv_inference_compute_input_duration_us", model => Microseconds(model.ComputeInput));
        Count("nv_inference_compute_infer_duration_us", model => Microseconds(model.ComputeInfer));
        Count("nv_inference_compute_output_duration_us", model => Microseconds(model.ComputeOutput));
        meter.CreateObservableGauge("nv_inference_pending_request_count", () => Read(model => model.Pending));
    }

    public void Dispose() => meter.Dispose();

    private static long Microseconds(DurationStatistic statistic) => (long)statistic.Total.TotalMicroseconds;

    private void Count(string name, Func<ModelStatistics, long> value) => meter.CreateObservableCounter(name, () => Read(value));

    private IEnumerable<Measurement<long>> Read(Func<ModelStatistics, long> value) =>
        runtime.Metrics.All.Select(model => new Measurement<long>(value(model), model.Labels));
}
