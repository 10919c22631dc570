using System.Text.Json.Nodes;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Simulation;
using Telecom.Sdk.Tensors;

namespace Telecom.Sdk.Tasks;

/// <summary>A complete task as the host sees it without knowing its request and answer types.</summary>
public abstract class TaskDefinition
{
    private protected TaskDefinition(string id, string title, string description, Type? recordType)
    {
        Id = id;
        Title = title;
        Description = description;
        RecordType = recordType;
    }

    /// <summary>Task id.</summary>
    public string Id { get; }

    /// <summary>A short name for people.</summary>
    public string Title { get; }

    /// <summary>What is predicted, from what, with units.</summary>
    public string Description { get; }

    /// <summary>Domain record of the datasets that fit this task; null when it has none.</summary>
    public Type? RecordType { get; }

    /// <summary>All methods, in report order: baselines first.</summary>
    public abstract IReadOnlyList<MethodDescriptor> Methods { get; }

    /// <summary>The method that answers when a request names none.</summary>
    public abstract MethodDescriptor DefaultMethod { get; }

    /// <summary>The analytic method that answers where a learned one cannot; null when there is none.</summary>
    public abstract MethodDescriptor? FallbackMethod { get; }

    /// <summary>JSON Schema 2020-12 of a request, with units and ranges.</summary>
    public abstract JsonObject RequestSchema { get; }

    /// <summary>JSON Schema 2020-12 of an answer, with units and ranges.</summary>
    public abstract JsonObject ResponseSchema { get; }

    /// <summary>A request that works.</summary>
    public abstract JsonNode Example { get; }

    /// <summary>Tensors of the Open Inference Protocol.</summary>
    public abstract TensorSignature Tensors { get; }

    /// <summary>The task's benchmark; null when it has none.</summary>
    public abstract BenchmarkDescriptor? Benchmark { get; }

    /// <summary>Whether requests may belong to a session.</summary>
    public abstract bool HasSessions { get; }

    /// <summary>The task's simulator; null when it has none.</summary>
    public abstract SimulatorDescriptor? Simulator { get; }

    /// <summary>What the task's speed measurements cover; null when it has none.</summary>
    public abstract string? SpeedSuite { get; }

    /// <returns>The method of that id.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>, listing the methods.</exception>
    public MethodDescriptor Method(string id) =>
        Methods.FirstOrDefault(method => method.Id == id)
        ?? throw new TelecomException(
            ErrorCode.NotFound,
            $"Task '{Id}' has no method '{id}'. Its methods: {string.Join(", ", Methods.Select(method => method.Id))}.");

    /// <summary>Hands the typed definition to <paramref name="visitor"/>: the only way from untyped host code to typed batches.</summary>
    public abstract TResult Accept<TResult>(ITaskVisitor<TResult> visitor);
}
