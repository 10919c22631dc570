using TorchSharp;

namespace Telecom.Sdk.Methods;

/// <summary>Token-like inputs of the shared base.</summary>
/// <param name="Values">[B, T, d] float32.</param>
/// <param name="Mask">[B, T] bool, true where a token is real; null when none is padding. Padding may stand left or right.</param>
public readonly record struct Embeddings(torch.Tensor Values, torch.Tensor? Mask = null)
{
    /// <summary>
    /// How many states at the end of each row are read, 1 or more; null for all. The forward then returns [B, min(LastStates, T), d] and skips what
    /// nobody reads. Padding counts: with padding on the right, ask for all.
    /// </summary>
    public int? LastStates { get; init; }
}
