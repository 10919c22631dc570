using System.Text.Json.Nodes;
using Telecom.Runtime;
using Telecom.Sdk.Simulation;
using Telecom.Sdk.Tasks;

namespace Telecom.Host.Documents;

/// <summary>A task as command line and REST show it.</summary>
internal sealed record TaskDocument
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    /// <summary>Method that answers when a request names none.</summary>
    public required string Default { get; init; }

    /// <summary>Method that answers where a learned one cannot; null without one.</summary>
    public required string? Fallback { get; init; }

    public required IReadOnlyList<MethodDocument> Methods { get; init; }

    /// <summary>Ids of the datasets that fit.</summary>
    public required IReadOnlyList<string> Datasets { get; init; }

    public required BenchmarkDocument? Benchmark { get; init; }

    /// <summary>What <c>simulate</c> runs; null without a simulator.</summary>
    public required SimulatorDescriptor? Simulator { get; init; }

    public required JsonNode RequestSchema { get; init; }

    public required JsonNode ResponseSchema { get; init; }

    /// <summary>A request that works.</summary>
    public required JsonNode Example { get; init; }

    public static TaskDocument Of(TaskDefinition task, ITelecomRuntime runtime) => new()
    {
        Id = task.Id,
        Title = task.Title,
        Description = task.Description,
        Default = task.DefaultMethod.Id,
        Fallback = task.FallbackMethod?.Id,
        Methods = [.. task.Methods.Select(method => new MethodDocument(method.Id, method.Kind.WireName(), method.Summary, method.Settings))],
        Datasets = [.. runtime.Datasets.All.Where(dataset => dataset.RecordType == task.RecordType).Select(dataset => dataset.Descriptor.Id)],
        Benchmark = task.Benchmark is { } benchmark
            ? new(benchmark.Metrics, benchmark.Settings, benchmark.DefaultSplit, benchmark.SampleDataset)
            : null,
        Simulator = task.Simulator,
        RequestSchema = task.RequestSchema,
        ResponseSchema = task.ResponseSchema,
        Example = task.Example,
    };
}
