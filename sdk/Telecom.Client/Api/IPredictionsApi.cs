using System.Text.Json;
using Refit;
using Telecom.Client.Documents;
using Telecom.Client.Predictions;

namespace Telecom.Client.Api;

/// <summary>
/// Predictions as they are on the wire. <see cref="TelecomClient.Task{TRequest,TOutput}"/> takes and gives records of the task instead, and
/// <see cref="PredictionsApiExtensions"/> follows pages. Answers that take minutes are waited for (<c>Prefer: wait</c>) unless they are started as operations.
/// </summary>
public interface IPredictionsApi
{
    private const string Wait = "Prefer: wait=3600";

    /// <summary>Answers one request document.</summary>
    /// <param name="task">Task id.</param>
    /// <param name="request">The request as JSON.</param>
    /// <param name="method">Method id; null for the task's default.</param>
    /// <param name="adapter">Adapter by name; null for the method's own.</param>
    /// <param name="timeoutMs">Time in which an answer is of use, 1 to 600 000 ms; null for the host's own limit.</param>
    /// <param name="idempotencyKey">Makes sending twice answer once; null for none.</param>
    /// <param name="cancellationToken">Stops waiting; the host drops the request.</param>
    /// <exception cref="TelecomApiException">
    /// <c>invalid_input</c> with the wrong members, <c>not_found</c>, <c>queue_full</c>, <c>deadline_exceeded</c>, <c>plugin_fault</c> and others.
    /// </exception>
    [Post("/api/v1/tasks/{task}/predictions")]
    [Headers(Wait)]
    Task<Prediction<JsonElement>> PredictAsync(
        string task,
        [Body] HttpContent request,
        string? method,
        string? adapter,
        int? timeoutMs,
        [Header(RequestHeaders.IdempotencyKey)] string? idempotencyKey,
        CancellationToken cancellationToken);

    /// <summary>Answers an array of request documents, in order; parameters and errors are those of <see cref="PredictAsync"/>.</summary>
    [Post("/api/v1/tasks/{task}/predictions")]
    [Headers(Wait)]
    Task<List<Prediction<JsonElement>>> PredictAllAsync(
        string task,
        [Body] HttpContent requests,
        string? method,
        string? adapter,
        int? timeoutMs,
        [Header(RequestHeaders.IdempotencyKey)] string? idempotencyKey,
        CancellationToken cancellationToken);

    /// <summary>Starts answering as an operation, whose result is the answer; parameters and errors are those of <see cref="PredictAsync"/>.</summary>
    [Post("/api/v1/tasks/{task}/predictions")]
    [Headers("Prefer: respond-async")]
    Task<OperationInfo> StartPredictionAsync(
        string task,
        [Body] HttpContent request,
        string? method,
        string? adapter,
        int? timeoutMs,
        [Header(RequestHeaders.IdempotencyKey)] string? idempotencyKey,
        CancellationToken cancellationToken);

    /// <summary>One page of stored predictions, newest first.</summary>
    /// <param name="task">Task id; null for all.</param>
    /// <param name="method">Method id; null for all.</param>
    /// <param name="jobId">Job; null for all.</param>
    /// <param name="from">Earliest arrival as RFC 3339 time, included; null for no bound.</param>
    /// <param name="to">Latest arrival as RFC 3339 time, excluded; null for no bound.</param>
    /// <param name="limit">Entries of the page, 1 to 500; null for 50.</param>
    /// <param name="cursor"><see cref="Page{T}.NextCursor"/> of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TelecomApiException"><c>invalid_input</c>: a parameter cannot be read.</exception>
    [Get("/api/v1/predictions")]
    Task<Page<StoredPrediction>> ListPredictionsAsync(
        string? task, string? method, string? jobId, string? from, string? to, int? limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>One stored prediction.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: it was not stored, or its time is over.</exception>
    [Get("/api/v1/predictions/{id}")]
    Task<StoredPrediction> GetPredictionAsync(Guid id, CancellationToken cancellationToken);
}
