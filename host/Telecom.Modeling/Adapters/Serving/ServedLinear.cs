using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>One adapter's low-rank part of one linear layer: y = g (Wx + B(Ax)) + b.</summary>
/// <param name="First">First row of A among those of the layers with the same input.</param>
/// <param name="Rank">Rows of A.</param>
/// <param name="B">Bᵀ times the scale, [r, o].</param>
/// <param name="Gain">g, [o]; null where it is one.</param>
internal sealed record ServedLinear(long First, long Rank, Tensor B, Tensor? Gain);
