namespace Telecom.Sdk.Tensors;

/// <summary>One named tensor of a task.</summary>
/// <param name="Name">Name on the wire.</param>
/// <param name="DataType">Element type.</param>
/// <param name="Shape">Dimensions; −1 for variable. Dimension 0 counts requests.</param>
/// <param name="Unit">Unit of the elements; empty for pure numbers.</param>
public sealed record TensorSpec(string Name, TensorDataType DataType, IReadOnlyList<long> Shape, string Unit = "");
