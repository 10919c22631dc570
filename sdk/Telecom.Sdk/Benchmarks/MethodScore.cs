namespace Telecom.Sdk.Benchmarks;

/// <summary>What one method scored.</summary>
/// <param name="Metrics">Metric name to value, over all cases.</param>
/// <param name="Groups">The same per file, scenario or setting; empty where a task has none.</param>
public sealed record MethodScore(IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<GroupScore> Groups);
