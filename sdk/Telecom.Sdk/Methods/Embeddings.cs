using TorchSharp;

namespace Telecom.Sdk.Methods;

/// <summary>Token-like inputs of the shared base.</summary>
/// <param name="Values">[B, T, d] float32.</param>
/// <param name="Mask">[B, T] bool, true where a token is real; null when none is padding. Padding may stand left or right.</param>
public readonly record struct Embeddings(torch.Tensor Values, torch.Tensor? Mask = null);
