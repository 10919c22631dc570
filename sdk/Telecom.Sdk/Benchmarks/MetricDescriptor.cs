namespace Telecom.Sdk.Benchmarks;

/// <summary>One metric of a benchmark.</summary>
/// <param name="Name">snake_case name, as in the JSON report.</param>
/// <param name="Unit">Unit symbol; empty for pure numbers.</param>
/// <param name="LowerIsBetter">Direction.</param>
/// <param name="Description">Formula or definition.</param>
public sealed record MetricDescriptor(string Name, string Unit, bool LowerIsBetter, string Description);
