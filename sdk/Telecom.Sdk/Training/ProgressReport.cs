namespace Telecom.Sdk.Training;

/// <summary>How far a long piece of work is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 when unknown.</param>
/// <param name="Detail">Figures worth showing, e.g. the loss.</param>
public readonly record struct ProgressReport(string Stage, long Done, long Total, string? Detail = null);
