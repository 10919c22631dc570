namespace Telecom.Client.OpenInference;

/// <summary>A tensor whose bytes come after the JSON.</summary>
/// <param name="Position">Its place among all outputs; those in JSON are there already.</param>
/// <param name="Name">Name of the output.</param>
/// <param name="DataType">Its element type.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Elements">Product of the dimensions.</param>
/// <param name="Bytes">How many bytes it has.</param>
internal sealed record TensorClaim(int Position, string Name, TensorDataType DataType, IReadOnlyList<long> Shape, int Elements, int Bytes);
