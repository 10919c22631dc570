namespace Telecom.Host.Rest.OpenInference;

/// <summary>Batches with that many rows.</summary>
internal sealed record BatchStatisticsDocument(int BatchSize, DurationDocument ComputeInfer);
