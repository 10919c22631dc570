namespace Telecom.Client.Documents;

/// <summary>How the methods of a task are compared.</summary>
/// <param name="Metrics">What is measured.</param>
/// <param name="Settings">What can be set.</param>
/// <param name="DefaultSplit">Split that is used when none is named.</param>
/// <param name="SampleDataset">Dataset that works without any download.</param>
public sealed record BenchmarkInfo(
    IReadOnlyList<MetricInfo> Metrics, IReadOnlyList<SettingInfo> Settings, string DefaultSplit, string SampleDataset);
