using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Json;
using Telecom.Sdk.Measurements;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Sessions;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Simulation;
using Telecom.Sdk.Tensors;
using Telecom.Sdk.Training;

namespace Telecom.Sdk.Tasks;

/// <summary>Collects the parts of a task.</summary>
public sealed class TaskBuilder<TIn, TOut>
    where TIn : class
    where TOut : class
{
    private readonly string id;
    private readonly List<MethodDefinition<TIn, TOut>> methods = [];
    private string title;
    private string description = string.Empty;
    private string? defaultId;
    private string? fallbackId;
    private Type? recordType;
    private ITaskCodec<TIn, TOut>? codec;
    private ITensorView<TIn, TOut>? tensorView;
    private IBenchmark<TIn, TOut>? benchmark;
    private ISimulator<TIn, TOut>? simulator;
    private ISpeedSuite<TIn, TOut>? speed;
    private ISessionMemory<TIn, TOut>? sessions;
    private JsonNode? example;

    internal TaskBuilder(string id)
    {
        this.id = id;
        title = id;
    }

    /// <summary>Says what the task predicts.</summary>
    public TaskBuilder<TIn, TOut> Describe(string taskTitle, string taskDescription)
    {
        title = taskTitle;
        description = taskDescription;
        return this;
    }

    /// <summary>Names the domain record of the datasets that fit.</summary>
    public TaskBuilder<TIn, TOut> Records<TRecord>()
    {
        recordType = typeof(TRecord);
        return this;
    }

    /// <summary>Requests and answers are their own JSON form.</summary>
    /// <remarks>
    /// Members that a request may leave out are declared nullable: the source generator ignores the initialisers of <c>init</c> properties.
    /// </remarks>
    /// <param name="request">Source-generated metadata of the request.</param>
    /// <param name="answer">Source-generated metadata of the answer.</param>
    /// <param name="validate">Adds what the shape alone cannot say; may be null.</param>
    public TaskBuilder<TIn, TOut> Json(JsonTypeInfo<TIn> request, JsonTypeInfo<TOut> answer, Action<TIn, InputErrors>? validate = null) =>
        Json(
            request,
            answer,
            (document, errors) =>
            {
                validate?.Invoke(document, errors);
                return document;
            },
            value => value);

    /// <summary>Requests and answers are mapped from and to documents of their own types.</summary>
    /// <param name="request">Source-generated metadata of the request document.</param>
    /// <param name="answer">Source-generated metadata of the answer document.</param>
    /// <param name="read">Validates a document and makes the request; its result is ignored when it adds errors.</param>
    /// <param name="write">Makes the answer document.</param>
    public TaskBuilder<TIn, TOut> Json<TRequestDocument, TAnswerDocument>(
        JsonTypeInfo<TRequestDocument> request,
        JsonTypeInfo<TAnswerDocument> answer,
        Func<TRequestDocument, InputErrors, TIn> read,
        Func<TOut, TAnswerDocument> write)
        where TRequestDocument : class
        where TAnswerDocument : class
    {
        codec = new JsonTaskCodec<TIn, TOut, TRequestDocument, TAnswerDocument>(request, answer, read, write);
        return this;
    }

    /// <summary>A request that works, shown in every listing and in the OpenAPI document.</summary>
    public TaskBuilder<TIn, TOut> Example(JsonNode request)
    {
        example = request;
        return this;
    }

    /// <summary>Adds an analytic method. Report order is registration order: put the simplest baseline first.</summary>
    public TaskBuilder<TIn, TOut> Method(string methodId, string summary, IMethod<TIn, TOut> method, bool isDefault = false) =>
        Add(new(new(methodId, MethodKind.Analytic, summary, []), method, null), isDefault);

    /// <summary>Adds a method with a network of its own.</summary>
    public TaskBuilder<TIn, TOut> Network(
        string methodId,
        string summary,
        TrainingOptions training,
        IReadOnlyList<SettingDescriptor> settings,
        Func<MethodSetup, NetworkMethod<TIn, TOut>> create,
        bool isDefault = false) =>
        Learned(methodId, MethodKind.Network, summary, training, settings, create, isDefault);

    /// <summary>Adds a method on the shared base.</summary>
    public TaskBuilder<TIn, TOut> Adapted(
        string methodId,
        string summary,
        TrainingOptions training,
        IReadOnlyList<SettingDescriptor> settings,
        Func<MethodSetup, AdaptedMethod<TIn, TOut>> create,
        bool isDefault = false) =>
        Learned(methodId, MethodKind.Adapted, summary, training, settings, create, isDefault);

    /// <summary>Names the analytic method that answers where a learned one cannot.</summary>
    public TaskBuilder<TIn, TOut> Fallback(string methodId)
    {
        fallbackId = methodId;
        return this;
    }

    /// <summary>Gives the task tensors of its own in the Open Inference Protocol; without it one BYTES tensor carries the JSON each way.</summary>
    public TaskBuilder<TIn, TOut> Tensors(ITensorView<TIn, TOut> view)
    {
        tensorView = view;
        return this;
    }

    /// <summary>Adds the benchmark.</summary>
    public TaskBuilder<TIn, TOut> Benchmark(IBenchmark<TIn, TOut> taskBenchmark)
    {
        benchmark = taskBenchmark;
        return this;
    }

    /// <summary>Lets callers ask in sessions, whose requests build on each other.</summary>
    public TaskBuilder<TIn, TOut> Sessions(ISessionMemory<TIn, TOut> memory)
    {
        sessions = memory;
        return this;
    }

    /// <summary>Adds the environment that <c>telecom simulate</c> runs.</summary>
    public TaskBuilder<TIn, TOut> Simulator(ISimulator<TIn, TOut> taskSimulator)
    {
        simulator = taskSimulator;
        return this;
    }

    /// <summary>Adds the speed measurements that <c>telecom bench</c> runs.</summary>
    public TaskBuilder<TIn, TOut> Speed(ISpeedSuite<TIn, TOut> suite)
    {
        speed = suite;
        return this;
    }

    internal TaskDefinition<TIn, TOut> Build()
    {
        var taskCodec = codec ?? throw Incomplete("a codec: call Json(...)");
        if (methods.Count == 0)
        {
            throw Incomplete("a method: call Method(...), Network(...) or Adapted(...)");
        }

        CheckNames();
        var fallback = fallbackId is null ? -1 : IndexOf(fallbackId);
        if (fallback >= 0 && methods[fallback].Analytic is null)
        {
            throw new InvalidOperationException($"Task '{id}' names '{fallbackId}' as fallback, which is not analytic.");
        }

        return new(new TaskParts<TIn, TOut>
        {
            Id = id,
            Title = title,
            Description = description,
            RecordType = recordType,
            Methods = methods,
            DefaultIndex = defaultId is null ? 0 : IndexOf(defaultId),
            FallbackIndex = fallback,
            Codec = taskCodec,
            TensorView = tensorView ?? new JsonTensorView<TIn, TOut>(taskCodec),
            Benchmark = benchmark,
            Simulator = simulator,
            Speed = speed,
            Sessions = sessions,
            Example = example ?? throw Incomplete("an example: call Example(...)"),
        });
    }

    private TaskBuilder<TIn, TOut> Learned(
        string methodId,
        MethodKind kind,
        string summary,
        TrainingOptions training,
        IReadOnlyList<SettingDescriptor> settings,
        Func<MethodSetup, LearnedMethod<TIn, TOut>> create,
        bool isDefault) =>
        Add(new(new(methodId, kind, summary, [.. settings, .. training.Describe()]), null, create), isDefault);

    private TaskBuilder<TIn, TOut> Add(MethodDefinition<TIn, TOut> method, bool isDefault)
    {
        if (isDefault)
        {
            defaultId = defaultId is null
                ? method.Descriptor.Id
                : throw new InvalidOperationException($"Task '{id}' has two default methods, '{defaultId}' and '{method.Descriptor.Id}'.");
        }

        methods.Add(method);
        return this;
    }

    // Ids become routes, file names and metric labels.
    private void CheckNames()
    {
        const string Rule = "1 to 64 characters a-z, 0-9, '.' and '-', the first a letter or digit";
        if (!IsId(id))
        {
            throw new InvalidOperationException($"'{id}' is no task id: it needs {Rule}.");
        }

        foreach (var method in methods.Select(method => method.Descriptor))
        {
            if (!IsId(method.Id))
            {
                throw new InvalidOperationException($"Task '{id}': '{method.Id}' is no method id: it needs {Rule}.");
            }

            if (Repeated(method.Settings.Select(setting => setting.Name)) is { } setting)
            {
                throw new InvalidOperationException($"Task '{id}', method '{method.Id}': the setting '{setting}' is declared twice.");
            }
        }

        if (Repeated(methods.Select(method => method.Descriptor.Id)) is { } repeated)
        {
            throw new InvalidOperationException($"Task '{id}' registers the method '{repeated}' twice.");
        }
    }

    private static string? Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any())?.Key;

    private static bool IsId(string text) =>
        text.Length is > 0 and <= 64
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '.' or '-');

    private int IndexOf(string methodId)
    {
        var index = methods.FindIndex(method => method.Descriptor.Id == methodId);
        return index >= 0 ? index : throw new InvalidOperationException($"Task '{id}' has no method '{methodId}'.");
    }

    private InvalidOperationException Incomplete(string what) => new($"Task '{id}' needs {what}.");
}
