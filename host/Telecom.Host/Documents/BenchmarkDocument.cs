using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Settings;

namespace Telecom.Host.Documents;

/// <summary>What <c>evaluate</c> measures and what can be set.</summary>
internal sealed record BenchmarkDocument(
    IReadOnlyList<MetricDescriptor> Metrics, IReadOnlyList<SettingDescriptor> Settings, string DefaultSplit, string SampleDataset);
