namespace Telecom.Runtime.Evaluation;

/// <summary>One method's figures on one group.</summary>
/// <param name="Method">Method id.</param>
/// <param name="Metrics">Metric name to value.</param>
public sealed record GroupMethodReport(string Method, IReadOnlyDictionary<string, double> Metrics);
