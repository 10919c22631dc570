using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Compression;

/// <summary>
/// A weight in NF4 (QLoRA, Dettmers et al. 2023): blocks of 64 values along the flattened weight, each divided by its largest magnitude and rounded
/// to the nearest level. With double quantisation these magnitudes are stored in 8 bits too: less their mean, in blocks of 256.
/// </summary>
/// <remarks>
/// 4.5 bits per value, 4.13 with double quantisation. The 8 bits are equal steps of each block's largest deviation, where the paper's library uses a
/// floating format; the error of a magnitude is at most 1/254 of that deviation.
/// </remarks>
public sealed class QuantizedWeight : IDisposable
{
    private const int BlockSize = 64;
    private const int OuterBlockSize = 256;
    private const double Steps = 127;
    private const double Smallest = 1e-30;

    private readonly long[] shape;
    private readonly Tensor codes;
    private readonly Tensor magnitudes;
    private readonly Tensor? steps;
    private readonly double mean;

    /// <param name="weight">Any shape; read once.</param>
    /// <param name="isDouble">Whether the magnitudes are quantised too.</param>
    public QuantizedWeight(Tensor weight, bool isDouble = true)
    {
        ArgumentNullException.ThrowIfNull(weight);
        shape = weight.shape;
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var blocks = Blocks(weight.detach().to(float32).reshape(-1), BlockSize);
        var largest = blocks.abs().amax([1], keepdim: true);
        var indices = NormalFloat.Encode(blocks.div(largest.AtLeast(Smallest))).view(-1, 2);

        // Two values to a byte, the first in the upper half.
        codes = indices.select(1, 0).Times(16).Plus(indices.select(1, 1)).to(uint8).DetachFromDisposeScope();
        if (!isDouble)
        {
            magnitudes = largest.reshape(-1).clone().DetachFromDisposeScope();
            return;
        }

        mean = largest.mean().item<float>();
        var deviations = Blocks(largest.reshape(-1).Minus(mean), OuterBlockSize);
        var step = deviations.abs().amax([1], keepdim: true).Over(Steps);
        magnitudes = deviations.div(step.AtLeast(Smallest)).round().to(int8).DetachFromDisposeScope();
        steps = step.DetachFromDisposeScope();
    }

    /// <summary>Memory of the stored form in bytes.</summary>
    public long Bytes => new[] { codes, magnitudes, steps }.OfType<Tensor>().Sum(tensor => tensor.numel() * tensor.ElementSize);

    /// <summary>Index of every value's level, [n]; the last block is padded with zeros.</summary>
    internal Tensor Codes() => stack([codes.OverDown(16), codes.Remainder(16)], 1).reshape(-1).to(uint8);

    /// <returns>The weight as far as it was kept, float32; the caller disposes.</returns>
    public Tensor Dequantize()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var count = shape.Aggregate(1L, (product, size) => product * size);
        var levels = NormalFloat.Decode(Codes()).view(-1, BlockSize);
        var scale = steps is null ? magnitudes : magnitudes.to(float32).mul(steps).Plus(mean).reshape(-1).narrow(0, 0, levels.shape[0]);
        return levels.mul(scale.unsqueeze(1)).reshape(-1).narrow(0, 0, count).reshape(shape).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        codes.Dispose();
        magnitudes.Dispose();
        steps?.Dispose();
    }

    // [n] -> [⌈n / size⌉, size], the rest of the last block zero.
    private static Tensor Blocks(Tensor flat, int size)
    {
        var missing = (size - (flat.numel() % size)) % size;
        return (missing == 0 ? flat : nn.functional.pad(flat, [0L, missing])).view(-1, size);
    }
}
