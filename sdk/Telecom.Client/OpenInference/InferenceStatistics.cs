namespace Telecom.Client.OpenInference;

/// <summary>Requests of a model and where their time went.</summary>
/// <param name="Success">Requests that were answered, from arrival to answer.</param>
/// <param name="Fail">Requests that failed.</param>
/// <param name="Queue">Waiting for a batch.</param>
/// <param name="ComputeInput">Making tensors of inputs.</param>
/// <param name="ComputeInfer">Computing.</param>
/// <param name="ComputeOutput">Making answers of tensors.</param>
public sealed record InferenceStatistics(
    DurationStatistics Success,
    DurationStatistics Fail,
    DurationStatistics Queue,
    DurationStatistics ComputeInput,
    DurationStatistics ComputeInfer,
    DurationStatistics ComputeOutput);
