namespace Telecom.Client.OpenInference;

/// <summary>Statistics of one model since the server's start.</summary>
public sealed record ModelStatistics
{
    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Unix time of the last answer in milliseconds; 0 before the first.</summary>
    public long LastInference { get; init; }

    /// <summary>Rows that were answered.</summary>
    public long InferenceCount { get; init; }

    /// <summary>Batches that were answered.</summary>
    public long ExecutionCount { get; init; }

    /// <summary>Requests and where their time went.</summary>
    public required InferenceStatistics InferenceStats { get; init; }

    /// <summary>Batches by their rows.</summary>
    public IReadOnlyList<BatchStatistics> BatchStats { get; init; } = [];
}
