namespace Telecom.Client.OpenInference;

/// <summary>What a model takes and gives.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Versions">Versions that answer; null where the server names none.</param>
/// <param name="Platform">What runs it.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
public sealed record ModelMetadata(
    string Name, IReadOnlyList<string>? Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs);
