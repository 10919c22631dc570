namespace Telecom.Host.Rest.OpenInference;

/// <summary>What a model is.</summary>
internal sealed record ModelDocument(
    string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorDocument> Inputs, IReadOnlyList<TensorDocument> Outputs);
