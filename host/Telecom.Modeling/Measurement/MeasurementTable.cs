namespace Telecom.Modeling.Measurement;

/// <summary>Cases that were measured side by side.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Rows">The cases; the first one is what the others are compared with.</param>
public sealed record MeasurementTable(string Name, IReadOnlyList<MeasurementRow> Rows);
