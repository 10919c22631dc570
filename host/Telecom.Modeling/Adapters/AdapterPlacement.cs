namespace Telecom.Modeling.Adapters;

/// <summary>One adapted layer.</summary>
/// <param name="Site">The layer.</param>
/// <param name="Settings">What its adapter is told.</param>
public sealed record AdapterPlacement(LinearSite Site, LinearSettings Settings);
