namespace Telecom.Client.Documents;

/// <summary>One metric of a benchmark.</summary>
/// <param name="Name">snake_case name.</param>
/// <param name="Unit">Unit symbol; empty for pure numbers.</param>
/// <param name="LowerIsBetter">Direction.</param>
/// <param name="Description">Formula or definition.</param>
public sealed record MetricInfo(string Name, string Unit, bool LowerIsBetter, string Description);
