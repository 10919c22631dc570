namespace Telecom.Sdk.Tensors;

/// <summary>Tensors in and out of a task.</summary>
/// <param name="Inputs">Inputs in wire order.</param>
/// <param name="Outputs">Outputs in wire order.</param>
public sealed record TensorSignature(IReadOnlyList<TensorSpec> Inputs, IReadOnlyList<TensorSpec> Outputs);
