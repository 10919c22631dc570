using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Telecom.Client.Resilience;

namespace Telecom.Client.OpenInference;

/// <summary>
/// Any server of the Open Inference Protocol, version 2, in JSON or with its binary tensor extension. Safe to use from many threads at once.
/// </summary>
/// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the server's, with a slash at its end.</param>
public sealed class OpenInferenceClient(HttpClient http)
{
    /// <summary>What the server is.</summary>
    /// <exception cref="TelecomApiException">The server refuses.</exception>
    public Task<ServerMetadata> GetServerAsync(CancellationToken cancellationToken) =>
        GetAsync("v2", OpenInferenceJson.Default.ServerMetadata, cancellationToken);

    /// <summary>Whether the server answers.</summary>
    public Task<bool> IsLiveAsync(CancellationToken cancellationToken) => IsAsync("v2/health/live", cancellationToken);

    /// <summary>Whether the server can work.</summary>
    public Task<bool> IsReadyAsync(CancellationToken cancellationToken) => IsAsync("v2/health/ready", cancellationToken);

    /// <summary>What a model takes and gives.</summary>
    /// <param name="model">Name of the model; on a Telecom host the task id.</param>
    /// <param name="version">Its version; null for the newest.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TelecomApiException">404: there is no such model.</exception>
    public Task<ModelMetadata> GetModelAsync(string model, string? version, CancellationToken cancellationToken) =>
        GetAsync(Path(model, version), OpenInferenceJson.Default.ModelMetadata, cancellationToken);

    /// <summary>Whether a model answers.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Its version; null for the newest.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TelecomApiException">404: there is no such model.</exception>
    public Task<bool> IsModelReadyAsync(string model, string? version, CancellationToken cancellationToken) =>
        IsAsync(Path(model, version) + "/ready", cancellationToken);

    /// <summary>Statistics of all models since the server's start.</summary>
    public async Task<IReadOnlyList<ModelStatistics>> ListStatisticsAsync(CancellationToken cancellationToken) =>
        (await GetAsync("v2/models/stats", OpenInferenceJson.Default.StatisticsDocument, cancellationToken).ConfigureAwait(false)).ModelStats;

    /// <summary>Statistics of one model since the server's start.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Its version; null for the newest.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TelecomApiException">404: there is no such model.</exception>
    public async Task<IReadOnlyList<ModelStatistics>> GetStatisticsAsync(string model, string? version, CancellationToken cancellationToken) =>
        (await GetAsync(Path(model, version) + "/stats", OpenInferenceJson.Default.StatisticsDocument, cancellationToken).ConfigureAwait(false)).ModelStats;

    /// <summary>The models of the server's repository.</summary>
    /// <param name="onlyReady">Leaves out those that do not answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TelecomApiException">The server refuses.</exception>
    public async Task<IReadOnlyList<RepositoryModel>> ListRepositoryAsync(bool onlyReady, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v2/repository/index")
        {
            Content = JsonContent.Create(new RepositoryFilter(onlyReady), OpenInferenceJson.Default.RepositoryFilter),
        };
        request.Options.Set(RetryRules.CreatesNothing, true);
        return await SendAsync(request, OpenInferenceJson.Default.ListRepositoryModel, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads a model of the repository. A Telecom host switches its plugin on.</summary>
    /// <exception cref="TelecomApiException">400: its plugin is refused or in quarantine; 404: there is no such model.</exception>
    public Task LoadModelAsync(string model, CancellationToken cancellationToken) => PostAsync(RepositoryPath(model, "load"), cancellationToken);

    /// <summary>Unloads a model of the repository. A Telecom host switches its plugin off.</summary>
    /// <exception cref="TelecomApiException">400: its plugin has other models too; 404: there is no such model.</exception>
    public Task UnloadModelAsync(string model, CancellationToken cancellationToken) => PostAsync(RepositoryPath(model, "unload"), cancellationToken);

    /// <summary>Asks the newest version of a model.</summary>
    /// <exception cref="TelecomApiException">400: the tensors are not those of the model; 404; 503 and 504: overload; 500: the model failed.</exception>
    /// <exception cref="ArgumentException">The request has values that its form cannot carry.</exception>
    public Task<InferenceResult> InferAsync(string model, InferenceRequest request, CancellationToken cancellationToken) =>
        InferAsync(model, null, request, cancellationToken);

    /// <summary>Asks a model.</summary>
    /// <param name="model">Name of the model; on a Telecom host the task id.</param>
    /// <param name="version">Its version; null for the newest.</param>
    /// <param name="request">The tensors; neither changed nor disposed here.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The outputs; the caller disposes them.</returns>
    /// <exception cref="TelecomApiException">400: the tensors are not those of the model; 404; 503 and 504: overload; 500: the model failed.</exception>
    /// <exception cref="ArgumentException">The request has values that its form cannot carry.</exception>
    public async Task<InferenceResult> InferAsync(string model, string? version, InferenceRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var json = RequestWriter.WriteJson(request);
        using var message = new HttpRequestMessage(HttpMethod.Post, Path(model, version) + "/infer") { Content = RequestWriter.Content(request, json) };
        if (request.BinaryInputs)
        {
            message.Headers.Add(RequestWriter.JsonLength, json.Length.ToString(CultureInfo.InvariantCulture));
        }

        message.Options.Set(RetryRules.CreatesNothing, true);
        using var response = await SendAsync(message, cancellationToken).ConfigureAwait(false);
        return await AnswerReader.ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    private static string Path(string model, string? version)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        var path = "v2/models/" + Uri.EscapeDataString(model);
        return version is null ? path : $"{path}/versions/{Uri.EscapeDataString(version)}";
    }

    private static string RepositoryPath(string model, string verb)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return $"v2/repository/models/{Uri.EscapeDataString(model)}/{verb}";
    }

    private async Task PostAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    // Whether something is ready is the answer, not a failure; that it does not exist is one.
    private async Task<bool> IsAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TelecomApiException exception) when (exception.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadRequest)
        {
            return false;
        }
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> info, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, info, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> info, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            return await response.Content.ReadFromJsonAsync(info, cancellationToken).ConfigureAwait(false)
                ?? throw TelecomApiException.Unreadable("it is null", response.StatusCode);
        }
        catch (JsonException exception)
        {
            throw TelecomApiException.Unreadable(exception.Message, response.StatusCode, exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await Refusals.ReadOpenInferenceAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }
}
