namespace Telecom.Client.OpenInference;

/// <summary>One tensor of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">Its element type as the protocol writes it, e.g. <c>FP32</c>.</param>
/// <param name="Shape">Its dimensions; −1 for one that varies.</param>
public sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<long> Shape);
