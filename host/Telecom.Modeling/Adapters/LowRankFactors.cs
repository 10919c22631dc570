using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>The form in which low-rank adapters of every method are served, exported and merged: y = g (Wx + B(Ax)) + b.</summary>
/// <param name="A">[r, i]; everything between A and B is folded into it.</param>
/// <param name="B">[o, r], times the scale s.</param>
/// <param name="Gain">g, [o]; null where it is one.</param>
/// <remarks>The tensors are new and belong to the caller's dispose scope.</remarks>
public sealed record LowRankFactors(Tensor A, Tensor B, Tensor? Gain = null);
