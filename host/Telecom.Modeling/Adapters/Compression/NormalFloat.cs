using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Compression;

/// <summary>
/// The data type NF4 of QLoRA (Dettmers et al. 2023): 16 levels at quantiles of the normal distribution, so that each is used about equally often by
/// normally distributed weights, scaled to [-1, 1] with an exact zero.
/// </summary>
internal static class NormalFloat
{
    // Eight quantiles above zero and seven below, from the mean of 1 - 1/32 and 1 - 1/30 down to one half, each side in equal steps.
    private const double OuterQuantile = 0.9677083;
    private const int Positive = 8;
    private const int Negative = 7;

    /// <summary>The levels, ascending, [16] float32.</summary>
    public static float[] Levels { get; } = Define();

    /// <returns>Index of the nearest level of every value, uint8.</returns>
    /// <param name="values">In [-1, 1].</param>
    public static Tensor Encode(Tensor values)
    {
        using var scope = NewDisposeScope();
        float[] middles = [.. Levels.Zip(Levels.Skip(1), (low, high) => (low + high) / 2)];
        return searchsorted(tensor(middles, device: values.device), values.contiguous(), out_int32: false, right: false)
            .to(uint8).MoveToOuterDisposeScope();
    }

    /// <param name="codes">Indices, uint8.</param>
    /// <returns>Their levels, float32.</returns>
    public static Tensor Decode(Tensor codes)
    {
        using var scope = NewDisposeScope();
        return tensor(Levels, device: codes.device).index_select(0, codes.reshape(-1).to(int64)).view(codes.shape).MoveToOuterDisposeScope();
    }

    private static float[] Define()
    {
        using var scope = NewDisposeScope();
        var above = Quantiles(Positive);
        var below = Quantiles(Negative);
        var largest = above[0];
        return [.. below.Select(value => (float)(-value / largest)), 0, .. above.Reverse().Select(value => (float)(value / largest))];
    }

    // Φ⁻¹(p) = √2 erf⁻¹(2p - 1), from the outermost towards zero, which itself is left out.
    private static double[] Quantiles(int count) =>
        linspace(OuterQuantile, 0.5, count + 1, float64).narrow(0, 0, count).Times(2).Minus(1).erfinv().Times(Math.Sqrt(2)).data<double>().ToArray();
}
