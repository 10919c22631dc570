using Telecom.Sdk.Settings;

namespace Telecom.Sdk.Benchmarks;

/// <summary>What a benchmark measures and what can be set.</summary>
/// <param name="Metrics">Metrics of every method, in report order.</param>
/// <param name="Settings">Settings of <c>evaluate --set</c>.</param>
/// <param name="DefaultSplit">Split that is scored when none is named.</param>
/// <param name="SampleDataset">Generated dataset that is scored when the user names no data.</param>
public sealed record BenchmarkDescriptor(
    IReadOnlyList<MetricDescriptor> Metrics,
    IReadOnlyList<SettingDescriptor> Settings,
    string DefaultSplit,
    string SampleDataset)
{
    /// <summary>
    /// Names of limits that no method can pass, such as a plan made with hindsight. They stand in reports beside the methods and answer no request.
    /// </summary>
    public IReadOnlyList<string> Bounds { get; init; } = [];
}
