using System.Text.Json.Serialization;

namespace Telecom.Host.Rest.Operations;

/// <summary>Which benchmark run a caller wants; every member may be left out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NewEvaluationDocument
{
    /// <summary>Dataset id; the task's sample dataset without it.</summary>
    public string? Data { get; init; }

    /// <summary>Split to score; the benchmark's own without it.</summary>
    public string? Split { get; init; }

    /// <summary>Method ids; all methods without it.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Settings of the benchmark by name.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>Seed of everything random; 1 without it.</summary>
    public int? Seed { get; init; }
}
