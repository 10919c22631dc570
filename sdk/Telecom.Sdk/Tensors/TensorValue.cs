namespace Telecom.Sdk.Tensors;

/// <summary>A named tensor as plain memory; tensors of libtorch never cross this edge.</summary>
/// <param name="Name">Name on the wire.</param>
/// <param name="Shape">Dimensions; dimension 0 counts requests.</param>
/// <param name="Data">
/// Row-major elements, as many as the product of <paramref name="Shape"/>: <c>bool[]</c>, the array of the integer type, <c>Half[]</c>,
/// <c>float[]</c>, <c>double[]</c>, <c>ushort[]</c> with the bits of BF16, or <c>byte[][]</c> for BYTES.
/// </param>
public sealed record TensorValue(string Name, IReadOnlyList<long> Shape, Array Data);
