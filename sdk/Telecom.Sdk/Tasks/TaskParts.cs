using System.Text.Json.Nodes;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Measurements;
using Telecom.Sdk.Sessions;
using Telecom.Sdk.Simulation;
using Telecom.Sdk.Tensors;

namespace Telecom.Sdk.Tasks;

/// <summary>What <see cref="TaskBuilder{TIn,TOut}"/> collected.</summary>
internal sealed record TaskParts<TIn, TOut>
    where TIn : class
    where TOut : class
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required Type? RecordType { get; init; }

    public required IReadOnlyList<MethodDefinition<TIn, TOut>> Methods { get; init; }

    public required int DefaultIndex { get; init; }

    public required int FallbackIndex { get; init; }

    public required ITaskCodec<TIn, TOut> Codec { get; init; }

    public required ITensorView<TIn, TOut> TensorView { get; init; }

    public required IBenchmark<TIn, TOut>? Benchmark { get; init; }

    public required ISimulator<TIn, TOut>? Simulator { get; init; }

    public required ISpeedSuite<TIn, TOut>? Speed { get; init; }

    public required ISessionMemory<TIn, TOut>? Sessions { get; init; }

    public required JsonNode Example { get; init; }
}
