namespace Telecom.Host.Rest.OpenInference;

/// <summary>Requests of a model and where their time went.</summary>
internal sealed record InferenceStatisticsDocument(
    DurationDocument Success,
    DurationDocument Fail,
    DurationDocument Queue,
    DurationDocument ComputeInput,
    DurationDocument ComputeInfer,
    DurationDocument ComputeOutput);
