using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Serving;

/// <summary>Answers to the rows of one request, in tensor form.</summary>
/// <param name="Outputs">The outputs of the signature, in its order, each as long as its shape says.</param>
/// <param name="Fallback">Method that answered some rows instead of the wanted one; null when none did.</param>
public sealed record TensorAnswer(IReadOnlyList<TensorValue> Outputs, string? Fallback);
