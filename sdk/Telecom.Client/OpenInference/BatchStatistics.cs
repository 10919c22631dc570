namespace Telecom.Client.OpenInference;

/// <summary>Batches with so many rows.</summary>
/// <param name="BatchSize">Rows of the batch.</param>
/// <param name="ComputeInfer">Computing them.</param>
public sealed record BatchStatistics(int BatchSize, DurationStatistics ComputeInfer);
