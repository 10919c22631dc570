using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>One inference request that fits its model.</summary>
internal sealed record InferenceRequest
{
    /// <summary>Comes back with the answer; null when the caller gave none.</summary>
    public string? Id { get; init; }

    /// <summary>Tensors in the order of the model's signature.</summary>
    public required IReadOnlyList<TensorValue> Inputs { get; init; }

    /// <summary>What to answer, in order.</summary>
    public required IReadOnlyList<RequestedOutput> Outputs { get; init; }

    public RequestParameters Parameters { get; init; } = RequestParameters.None;
}
