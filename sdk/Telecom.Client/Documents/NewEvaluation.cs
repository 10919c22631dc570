namespace Telecom.Client.Documents;

/// <summary>Which benchmark run is wanted; every member may be left out.</summary>
public sealed record NewEvaluation
{
    /// <summary>Dataset id; null for the task's sample dataset.</summary>
    public string? Data { get; init; }

    /// <summary>Split to score; null for the benchmark's own.</summary>
    public string? Split { get; init; }

    /// <summary>Method ids; null for all.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Settings of the benchmark by name; null for the defaults.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Seed of everything random; null for 1.</summary>
    public int? Seed { get; init; }
}
