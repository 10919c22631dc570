namespace Telecom.Sdk.Tensors;

/// <summary>A named tensor as plain memory; tensors of libtorch never cross this edge.</summary>
/// <param name="Name">Name on the wire.</param>
/// <param name="Shape">Dimensions; dimension 0 counts requests.</param>
/// <param name="Data">
/// Row-major elements: <c>bool[]</c>, <c>byte[]</c>, <c>int[]</c>, <c>long[]</c>, <c>float[]</c>, <c>double[]</c>, or <c>byte[][]</c> for BYTES.
/// </param>
public sealed record TensorValue(string Name, IReadOnlyList<long> Shape, Array Data);
