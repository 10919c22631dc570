using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Compression;

/// <summary>
/// EoRA (Liu et al. 2024): what compression took from a weight, approximated at rank r where the layer's inputs have their energy. With C = Σ xxᵀ / n
/// = Q Λ Qᵀ and S = Q √Λ: (W - Ŵ) S ≈ U_r Σ_r V_rᵀ, B = U_r √Σ_r, A = √Σ_r V_rᵀ √Λ⁻¹ Qᵀ. No other BA of rank r leaves a smaller error on these
/// inputs.
/// </summary>
internal static class Eora
{
    /// <param name="weight">W, [o, i].</param>
    /// <param name="compressed">Ŵ, [o, i].</param>
    /// <param name="covariance">C, [i, i].</param>
    /// <param name="rank">r.</param>
    /// <returns>A [r, i] and B [o, r], float64.</returns>
    public static (Tensor A, Tensor B) Factors(Tensor weight, Tensor compressed, Tensor covariance, int rank)
    {
        using var scope = NewDisposeScope();
        var (values, vectors) = linalg.eigh(covariance.to(float64));

        // Directions that no input had: rounding leaves them at or below zero.
        var positive = values[values.IsAbove(0)];
        var least = positive.numel() > 0 ? positive.min().item<double>() : 1;
        var roots = where(values.IsAbove(0), values, tensor(least, float64)).sqrt();
        var lost = weight.to(float64).sub(compressed.to(float64)).mm(vectors.mul(roots.unsqueeze(0)));
        var (u, s, vt) = linalg.svd(lost, fullMatrices: false);
        var half = s.narrow(0, 0, rank).sqrt();
        var a = vt.narrow(0, 0, rank).mul(half.unsqueeze(1)).div(roots.unsqueeze(0)).mm(vectors.t());
        var b = u.narrow(1, 0, rank).mul(half.unsqueeze(0));
        return (a.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope());
    }
}
