namespace Telecom.Host.Rest.Operations;

/// <summary>Data of a <c>progress</c> event.</summary>
/// <param name="Percent">How much of the operation is done, 0 to 100.</param>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 when unknown.</param>
/// <param name="Detail">Figures worth showing; absent without any.</param>
internal sealed record ProgressDocument(double Percent, string Stage, long Done, long Total, string? Detail);
