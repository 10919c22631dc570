using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Cosines and sines of rotary position embedding, half-split layout: f_j = theta^(-2j/dh), z' = z cos + rot(z) sin.</summary>
internal sealed class RotaryTable(int headDim, double theta, Device device) : IDisposable
{
    private Tensor? cosines;
    private Tensor? sines;

    /// <summary>Rows of the table for every position.</summary>
    /// <param name="positions">[N] int64.</param>
    /// <param name="largest">Largest position in it.</param>
    /// <returns>Cosines and sines, [N, 1, dh].</returns>
    public (Tensor Cosines, Tensor Sines) At(Tensor positions, long largest)
    {
        Grow(largest + 1);
        return (cosines!.index_select(0, positions).unsqueeze(1), sines!.index_select(0, positions).unsqueeze(1));
    }

    /// <param name="z">[N, heads, dh].</param>
    /// <param name="cosines">[N, 1, dh].</param>
    /// <param name="sines">[N, 1, dh].</param>
    /// <returns>The rotated vectors, same shape.</returns>
    public static Tensor Rotate(Tensor z, Tensor cosines, Tensor sines)
    {
        var half = z.shape[2] / 2;
        var rotated = cat([z.narrow(2, half, half).neg(), z.narrow(2, 0, half)], 2);
        return z.mul(cosines).add(rotated.mul(sines));
    }

    public void Dispose()
    {
        cosines?.Dispose();
        sines?.Dispose();
    }

    private void Grow(long length)
    {
        if (cosines is not null && cosines.shape[0] >= length)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rows = Math.Max(64, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)length));

        // Angles are computed in float64 and rounded once: position * frequency in float32 loses the low bits of large positions.
        var frequencies = arange(0, headDim, 2, float64).mul(-Math.Log(theta) / headDim).exp();
        var angles = arange(rows, dtype: float64).unsqueeze(1).mul(frequencies.unsqueeze(0));
        var both = cat([angles, angles], 1);
        Dispose();
        cosines = both.cos().to(float32).to(device).DetachFromDisposeScope();
        sines = both.sin().to(float32).to(device).DetachFromDisposeScope();
    }
}
