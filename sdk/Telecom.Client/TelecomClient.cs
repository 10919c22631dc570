using System.Text.Json.Serialization.Metadata;
using Telecom.Client.Api;
using Telecom.Client.OpenInference;
using Telecom.Client.Predictions;

namespace Telecom.Client;

/// <summary>A Telecom host. Safe to use from many threads at once.</summary>
/// <param name="api">The native API.</param>
/// <param name="inference">The Open Inference Protocol.</param>
public sealed class TelecomClient(ITelecomApi api, OpenInferenceClient inference)
{
    /// <summary>Tasks, predictions, plugins, datasets, models and health.</summary>
    public ITelecomApi Api { get; } = api;

    /// <summary>Every task as a model with tensors.</summary>
    public OpenInferenceClient Inference { get; } = inference;

    /// <summary>One task, in the records of its domain; nothing is asked of the host yet.</summary>
    /// <typeparam name="TRequest">What the task takes.</typeparam>
    /// <typeparam name="TOutput">What the task answers.</typeparam>
    /// <param name="id">Task id.</param>
    /// <param name="request">Generated metadata of the request, from a <c>JsonSerializerContext</c> of the caller.</param>
    /// <param name="output">Generated metadata of the output.</param>
    public TaskClient<TRequest, TOutput> Task<TRequest, TOutput>(string id, JsonTypeInfo<TRequest> request, JsonTypeInfo<TOutput> output)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(output);
        return new(id, Api, request, output);
    }
}
