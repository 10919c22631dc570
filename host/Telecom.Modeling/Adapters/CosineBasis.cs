using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>The orthonormal discrete cosine transform of type II.</summary>
internal static class CosineBasis
{
    /// <returns>C[k, n] = √(2/N) cos(π (2n + 1) k / 2N), the first row divided by √2. [N, N] float64.</returns>
    public static Tensor Of(int size)
    {
        using var scope = NewDisposeScope();
        var k = KeptScalars.Range(0, size, CPU).to(float64).unsqueeze(1);
        var n = KeptScalars.Range(0, size, CPU).to(float64).unsqueeze(0);
        var basis = n.Times(2).Plus(1).mul(k).Times(Math.PI / (2.0 * size)).cos().Times(Math.Sqrt(2.0 / size));
        basis[0] = basis[0].Times(Math.Sqrt(0.5));
        return basis.MoveToOuterDisposeScope();
    }
}
