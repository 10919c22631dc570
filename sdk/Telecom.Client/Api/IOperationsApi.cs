using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Long work of the caller: started, followed, cancelled. <see cref="OperationsApiExtensions"/> follows events and waits for the end.</summary>
public interface IOperationsApi
{
    /// <summary>The caller's long work of the last hour without its results, newest first.</summary>
    [Get("/api/v1/operations")]
    Task<Page<OperationInfo>> ListOperationsAsync(int? limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>How far it is, and its result or error.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is none, or its time is over.</exception>
    [Get("/api/v1/operations/{id}")]
    Task<OperationInfo> GetOperationAsync(string id, CancellationToken cancellationToken);

    /// <summary>Cancels what waits or runs; what has ended stays as it is.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is none, or its time is over.</exception>
    [Delete("/api/v1/operations/{id}")]
    Task<OperationInfo> CancelOperationAsync(string id, CancellationToken cancellationToken);

    /// <summary>Server-sent events as they are on the wire; <see cref="OperationsApiExtensions.FollowOperationAsync"/> reads them.</summary>
    /// <param name="id">Id of the operation.</param>
    /// <param name="lastEventId">Id of the last event that the reader has; null for none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    [Get("/api/v1/operations/{id}/events")]
    Task<HttpResponseMessage> OpenOperationEventsAsync(
        string id, [Header(RequestHeaders.LastEventId)] string? lastEventId, CancellationToken cancellationToken);

    /// <summary>Scores methods of a task on the same cases; the result is the report of <c>telecom evaluate</c>.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>; <c>invalid_input</c> with the wrong members; <c>queue_full</c>.</exception>
    [Post("/api/v1/tasks/{task}/evaluations")]
    Task<OperationInfo> StartEvaluationAsync(
        string task, [Body] NewEvaluation evaluation, [Header(RequestHeaders.IdempotencyKey)] string? idempotencyKey, CancellationToken cancellationToken);
}
