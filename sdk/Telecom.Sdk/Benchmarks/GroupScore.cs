namespace Telecom.Sdk.Benchmarks;

/// <summary>What one method scored on one group of cases.</summary>
/// <param name="Name">Group name, the same for every method.</param>
/// <param name="Cases">Cases in the group.</param>
/// <param name="Metrics">Metric name to value.</param>
public sealed record GroupScore(string Name, int Cases, IReadOnlyDictionary<string, double> Metrics);
