namespace Telecom.Host.Rest.OpenInference;

/// <summary>Statistics of one model since the start.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="LastInference">Unix time of the last answer in milliseconds; 0 before the first.</param>
/// <param name="InferenceCount">Rows that were answered.</param>
/// <param name="ExecutionCount">Batches that were answered.</param>
/// <param name="InferenceStats">Requests and where their time went.</param>
/// <param name="BatchStats">Batches by their rows.</param>
internal sealed record ModelStatisticsDocument(
    string Name,
    string Version,
    long LastInference,
    long InferenceCount,
    long ExecutionCount,
    InferenceStatisticsDocument InferenceStats,
    IReadOnlyList<BatchStatisticsDocument> BatchStats);
