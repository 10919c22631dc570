using System.Text.Json;

namespace Telecom.Client.Documents;

/// <summary>A task of the host.</summary>
public sealed record TaskInfo
{
    /// <summary>Task id.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>What it predicts.</summary>
    public required string Description { get; init; }

    /// <summary>Method that answers when a request names none.</summary>
    public required string Default { get; init; }

    /// <summary>Method that answers where a learned one cannot; null without one.</summary>
    public string? Fallback { get; init; }

    /// <summary>All methods.</summary>
    public required IReadOnlyList<MethodInfo> Methods { get; init; }

    /// <summary>Ids of the datasets that fit.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }

    /// <summary>How its methods are compared; null where the task has no benchmark.</summary>
    public BenchmarkInfo? Benchmark { get; init; }

    /// <summary>JSON Schema 2020-12 of one request.</summary>
    public required JsonElement RequestSchema { get; init; }

    /// <summary>JSON Schema 2020-12 of the output of one answer.</summary>
    public required JsonElement ResponseSchema { get; init; }

    /// <summary>A request that works.</summary>
    public required JsonElement Example { get; init; }
}
