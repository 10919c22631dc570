namespace Telecom.Runtime.Evaluation;

/// <summary>One benchmark run over several methods.</summary>
public sealed record EvaluationRequest
{
    /// <summary>Task id.</summary>
    public required string Task { get; init; }

    /// <summary>Data folder or dataset id as the user gave it; null for the task's sample dataset.</summary>
    public string? Data { get; init; }

    /// <summary>Split; null for the benchmark's default.</summary>
    public string? Split { get; init; }

    /// <summary>Method ids; empty for all. <c>ablation</c> adds the bundles that were trained on other bases.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Settings of the benchmark, plus <c>base</c> and <c>bundle</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>CSV file that receives one row per case and method; null for none.</summary>
    public string? RowsPath { get; init; }
}
