namespace Telecom.Runtime.Serving;

/// <summary>Answers requests of every loaded task; safe to call from any thread.</summary>
public interface IPredictionService
{
    /// <summary>Validates, batches with whatever else is waiting, answers.</summary>
    /// <param name="taskId">Task id.</param>
    /// <param name="options">Method, adapter and deadline.</param>
    /// <param name="requestJson">One request document, UTF-8 JSON.</param>
    /// <param name="cancellationToken">Takes the request out of the queue; a running batch is not interrupted.</param>
    /// <exception cref="Sdk.Errors.TelecomException">
    /// Not found, invalid input, unprocessable, adapter not found, invalid or without room, queue full, deadline exceeded, plugin fault.
    /// </exception>
    Task<PredictionAnswer> PredictAsync(string taskId, PredictionOptions options, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken);
}
