using System.Numerics;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Forward;

/// <summary>Cosines and sines of rotary position embedding, half-split layout: f_j = theta^(-2j/dh), z' = z cos + rot(z) sin.</summary>
/// <remarks>
/// rot([z1, z2]) = [-z2, z1] is a roll by half the head with the sign moved into the table: rot(z) sin = roll(z) [-sin, sin].
/// </remarks>
internal sealed class RotaryTable(int headSize, double theta, Device device, RopeScaling? scaling = null, ScalarType elementType = ScalarType.Float32)
    : IDisposable
{
    private const long SmallestTable = 64;

    private static readonly Scalar One = 1;

    private Tensor? cosines;
    private Tensor? signedSines;

    /// <summary>f_j = theta^(-2j/dh), scaled.</summary>
    /// <returns>[dh / 2] float64.</returns>
    public static Tensor Frequencies(int headSize, double theta, RopeScaling? scaling)
    {
        var frequencies = KeptScalars.Range(0, headSize, CPU, step: 2).to(float64).Times(-Math.Log(theta) / headSize).exp();
        return scaling is null ? frequencies : tensor(frequencies.data<double>().Select(scaling.Scale).ToArray());
    }

    /// <summary>Rows of the table for every position.</summary>
    /// <param name="positions">[N] int64.</param>
    /// <param name="largest">Largest position in it.</param>
    /// <returns>Cosines and signed sines, [N, 1, dh].</returns>
    public (Tensor Cosines, Tensor SignedSines) At(Tensor positions, long largest)
    {
        Grow(largest + 1);
        return (cosines!.index_select(0, positions).unsqueeze(1), signedSines!.index_select(0, positions).unsqueeze(1));
    }

    /// <param name="z">[N, heads, dh].</param>
    /// <param name="cosines">[N, 1, dh].</param>
    /// <param name="signedSines">[N, 1, dh].</param>
    /// <returns>The rotated vectors in place of <paramref name="z"/>, which no backward pass reads: the tables need no gradient.</returns>
    public static Tensor Rotate(Tensor z, Tensor cosines, Tensor signedSines)
    {
        var rolled = z.roll(cosines.shape[2] / 2, 2);
        return z.mul_(cosines).addcmul_(rolled, signedSines, One);
    }

    public void Dispose()
    {
        cosines?.Dispose();
        signedSines?.Dispose();
    }

    private void Grow(long length)
    {
        if (cosines is not null && cosines.shape[0] >= length)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rows = Math.Max(SmallestTable, (long)BitOperations.RoundUpToPowerOf2((ulong)length));

        // Angles are computed in float64 and rounded once, whatever the type of the base: position * frequency in float32 loses the low bits of large positions.
        var frequencies = Frequencies(headSize, theta, scaling);
        var angles = KeptScalars.Range(0, rows, CPU).to(float64).unsqueeze(1).mul(frequencies.unsqueeze(0));
        var (cosine, sine) = (angles.cos(), angles.sin());
        Dispose();
        cosines = cat([cosine, cosine], 1).to(elementType).to(device).DetachFromDisposeScope();
        signedSines = cat([sine.neg(), sine], 1).to(elementType).to(device).DetachFromDisposeScope();
    }
}
