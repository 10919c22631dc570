using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Serving;

/// <summary>Answers requests of every loaded task in tensor form; safe to call from any thread.</summary>
public interface ITensorService
{
    /// <returns>The task as a model of the Open Inference Protocol.</returns>
    /// <exception cref="Sdk.Errors.TelecomException"><see cref="Sdk.Errors.ErrorCode.NotFound"/>, listing the tasks.</exception>
    TensorModel Model(string taskId);

    /// <summary>Validates, batches with whatever else is waiting, answers.</summary>
    /// <param name="taskId">Task id.</param>
    /// <param name="options">Method, adapter and deadline.</param>
    /// <param name="inputs">The inputs of the signature, in its order, with equally many rows: types, ranks, fixed dimensions and lengths fit it.</param>
    /// <param name="cancellationToken">Takes the rows out of the queue; a running batch is not interrupted.</param>
    /// <exception cref="Sdk.Errors.TelecomException">As <see cref="IPredictionService.PredictAsync"/>.</exception>
    Task<TensorAnswer> PredictAsync(
        string taskId, PredictionOptions options, IReadOnlyList<TensorValue> inputs, CancellationToken cancellationToken);
}
