using System.Text.Json.Nodes;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Measurements;
using Telecom.Sdk.Sessions;
using Telecom.Sdk.Simulation;
using Telecom.Sdk.Tensors;

namespace Telecom.Sdk.Tasks;

/// <summary>A complete task with its types.</summary>
public sealed class TaskDefinition<TIn, TOut> : TaskDefinition
    where TIn : class
    where TOut : class
{
    private readonly MethodDefinition<TIn, TOut>[] methods;
    private readonly int defaultIndex;
    private readonly int fallbackIndex;
    private readonly BenchmarkDescriptor? benchmarkDescriptor;
    private readonly SimulatorDescriptor? simulatorDescriptor;

    internal TaskDefinition(TaskParts<TIn, TOut> parts)
        : base(parts.Id, parts.Title, parts.Description, parts.RecordType)
    {
        methods = [.. parts.Methods];
        Methods = [.. methods.Select(method => method.Descriptor)];
        defaultIndex = parts.DefaultIndex;
        fallbackIndex = parts.FallbackIndex;
        Codec = parts.Codec;
        TensorView = parts.TensorView;
        TypedBenchmark = parts.Benchmark;
        benchmarkDescriptor = parts.Benchmark?.Descriptor;
        TypedSimulator = parts.Simulator;
        simulatorDescriptor = parts.Simulator?.Descriptor;
        TypedSpeed = parts.Speed;
        SpeedSuite = parts.Speed?.Description;
        SessionMemory = parts.Sessions;
        RequestSchema = parts.Codec.RequestSchema();
        ResponseSchema = parts.Codec.ResponseSchema();
        Example = parts.Example;
    }

    /// <summary>Reads requests and writes answers.</summary>
    public ITaskCodec<TIn, TOut> Codec { get; }

    /// <summary>Tensor form of requests and answers.</summary>
    public ITensorView<TIn, TOut> TensorView { get; }

    /// <summary>The benchmark; null when the task has none.</summary>
    public IBenchmark<TIn, TOut>? TypedBenchmark { get; }

    /// <summary>The simulator; null when the task has none.</summary>
    public ISimulator<TIn, TOut>? TypedSimulator { get; }

    /// <summary>What sessions carry on; null when every request of the task stands alone.</summary>
    public ISessionMemory<TIn, TOut>? SessionMemory { get; }

    /// <inheritdoc/>
    public override bool HasSessions => SessionMemory is not null;

    /// <summary>The speed measurements; null when the task has none.</summary>
    public ISpeedSuite<TIn, TOut>? TypedSpeed { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<MethodDescriptor> Methods { get; }

    /// <inheritdoc/>
    public override MethodDescriptor DefaultMethod => Methods[defaultIndex];

    /// <inheritdoc/>
    public override MethodDescriptor? FallbackMethod => fallbackIndex < 0 ? null : Methods[fallbackIndex];

    /// <inheritdoc/>
    public override JsonObject RequestSchema { get; }

    /// <inheritdoc/>
    public override JsonObject ResponseSchema { get; }

    /// <inheritdoc/>
    public override JsonNode Example { get; }

    /// <inheritdoc/>
    public override TensorSignature Tensors => TensorView.Signature;

    /// <inheritdoc/>
    public override BenchmarkDescriptor? Benchmark => benchmarkDescriptor;

    /// <inheritdoc/>
    public override SimulatorDescriptor? Simulator => simulatorDescriptor;

    /// <inheritdoc/>
    public override string? SpeedSuite { get; }

    /// <returns>The typed definition of that id.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>, listing the methods.</exception>
    public MethodDefinition<TIn, TOut> MethodDefinition(string id)
    {
        var descriptor = Method(id);
        return Array.Find(methods, method => ReferenceEquals(method.Descriptor, descriptor))!;
    }

    /// <inheritdoc/>
    public override TResult Accept<TResult>(ITaskVisitor<TResult> visitor) => visitor.Visit(this);
}
