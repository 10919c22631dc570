using System.Diagnostics.Metrics;
using Telecom.Runtime;
using Telecom.Runtime.Plugins;

namespace Telecom.Host.Telemetry;

/// <summary>State of plugins and memory, read when somebody asks.</summary>
internal sealed class HostMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Telecom.Host";

    private readonly Meter meter = new(MeterName);
    private readonly ITelecomRuntime runtime;

    public HostMetrics(ITelecomRuntime runtime)
    {
        this.runtime = runtime;
        meter.CreateObservableGauge("telecom_plugin_state", States, description: "1 for the state in which a plugin is.");
        meter.CreateObservableGauge(
            "telecom_plugin_unload_pending",
            () => runtime.Plugins.Count(plugin => plugin.State == nameof(PluginState.UnloadPending)),
            description: "Plugins that were released and are still in memory.");
        meter.CreateObservableGauge(
            "telecom_device_memory_bytes",
            () => new Measurement<long>(Environment.WorkingSet, new KeyValuePair<string, object?>("kind", "resident")),
            description: "Memory of the process.");
    }

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<int>> States() => runtime.Plugins.Select(plugin =>
        new Measurement<int>(1, new KeyValuePair<string, object?>("plugin", plugin.Id), new KeyValuePair<string, object?>("state", plugin.State)));
}
