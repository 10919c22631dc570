using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Telecom.Client.Api;
using Telecom.Client.Documents;

namespace Telecom.Client.Predictions;

/// <summary>One task of a host, in the records of its domain.</summary>
/// <typeparam name="TRequest">What the task takes.</typeparam>
/// <typeparam name="TOutput">What the task answers.</typeparam>
public sealed class TaskClient<TRequest, TOutput>
{
    private readonly IPredictionsApi api;
    private readonly JsonTypeInfo<TRequest> requestInfo;
    private readonly JsonTypeInfo<TOutput> outputInfo;

    internal TaskClient(string id, IPredictionsApi api, JsonTypeInfo<TRequest> requestInfo, JsonTypeInfo<TOutput> outputInfo)
    {
        Id = id;
        this.api = api;
        this.requestInfo = requestInfo;
        this.outputInfo = outputInfo;
    }

    /// <summary>Task id.</summary>
    public string Id { get; }

    /// <summary>Answers one request by the task's default method.</summary>
    /// <exception cref="TelecomApiException">The host refuses the request; its errors name the wrong members.</exception>
    public Task<Prediction<TOutput>> PredictAsync(TRequest request, CancellationToken cancellationToken) =>
        PredictAsync(request, PredictionSettings.Default, cancellationToken);

    /// <summary>Answers one request.</summary>
    /// <exception cref="TelecomApiException">The host refuses the request; its errors name the wrong members.</exception>
    public async Task<Prediction<TOutput>> PredictAsync(TRequest request, PredictionSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        using var content = Content(JsonSerializer.SerializeToUtf8Bytes(request, requestInfo));
        var answer = await api
            .PredictAsync(Id, content, settings.Method, settings.Adapter, Milliseconds(settings), settings.IdempotencyKey, cancellationToken)
            .ConfigureAwait(false);
        return Read(answer);
    }

    /// <summary>Answers many requests in one call, in order; 10 000 at most, and 32 MiB of JSON. One wrong request refuses them all.</summary>
    /// <exception cref="TelecomApiException">The host refuses a request; pointers of its errors begin with the index of the request.</exception>
    public async Task<IReadOnlyList<Prediction<TOutput>>> PredictAllAsync(
        IEnumerable<TRequest> requests, PredictionSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(settings);
        using var content = Content(Serialize(requests));
        var answers = await api
            .PredictAllAsync(Id, content, settings.Method, settings.Adapter, Milliseconds(settings), settings.IdempotencyKey, cancellationToken)
            .ConfigureAwait(false);
        return answers.ConvertAll(Read);
    }

    /// <summary>Starts answering many requests as an operation; <see cref="OperationsApiExtensions"/> follows it and waits for its end.</summary>
    /// <exception cref="TelecomApiException">The host refuses the call; requests themselves are looked at in the operation.</exception>
    public async Task<OperationInfo> StartAsync(IEnumerable<TRequest> requests, PredictionSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(settings);
        using var content = Content(Serialize(requests));
        return await api
            .StartPredictionAsync(Id, content, settings.Method, settings.Adapter, Milliseconds(settings), settings.IdempotencyKey, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Reads the answers of an operation that <see cref="StartAsync"/> began and that has ended.</summary>
    /// <exception cref="TelecomApiException">It has no result, or its answers do not fit the record.</exception>
    public IReadOnlyList<Prediction<TOutput>> ReadResult(OperationInfo operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        try
        {
            var answers = operation.Result?.Deserialize(ClientJson.Default.ListPredictionJsonElement);
            return answers?.ConvertAll(Read) ?? throw TelecomApiException.Unreadable($"operation '{operation.Id}' is {operation.Status} and has no result");
        }
        catch (JsonException exception)
        {
            throw TelecomApiException.Unreadable(
                $"the result of operation '{operation.Id}' is no list of predictions: {exception.Message}", inner: exception);
        }
    }

    /// <summary>Reads the answer of a stored prediction of this task.</summary>
    /// <exception cref="TelecomApiException">It is of another task, or its answer does not fit the record.</exception>
    public TOutput ReadOutput(StoredPrediction stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Task == Id
            ? Read(stored.Output)
            : throw new ArgumentException($"The prediction is one of '{stored.Task}', not of '{Id}'.", nameof(stored));
    }

    private static int? Milliseconds(PredictionSettings settings)
    {
        if (settings.Timeout is not { } timeout)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.FromMilliseconds(1), nameof(settings));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeSpan.FromMinutes(10), nameof(settings));
        return (int)timeout.TotalMilliseconds;
    }

    private static ByteArrayContent Content(byte[] json) =>
        new(json) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };

    private byte[] Serialize(IEnumerable<TRequest> requests)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var request in requests)
            {
                JsonSerializer.Serialize(writer, request, requestInfo);
            }

            writer.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private Prediction<TOutput> Read(Prediction<JsonElement> answer) => answer.With(Read(answer.Output));

    private TOutput Read(JsonElement output)
    {
        try
        {
            return output.Deserialize(outputInfo) ?? throw TelecomApiException.Unreadable($"the output of '{Id}' is null");
        }
        catch (JsonException exception)
        {
            throw TelecomApiException.Unreadable(
                $"the output of '{Id}' does not fit {typeof(TOutput).Name}: {exception.Message}", inner: exception);
        }
    }
}
