using static TorchSharp.torch;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>Makes input tensors of plain arrays.</summary>
internal static class ModelInput
{
    /// <param name="values">Row-major values.</param>
    /// <param name="shape">Shape.</param>
    /// <param name="device">Device of the weights.</param>
    /// <returns>
    /// A tensor in memory that libtorch allocated: one over a managed array starts wherever the array does, and matrix kernels round differently with
    /// the alignment, so that one request would get answers that differ in their last bits.
    /// </returns>
    public static Tensor Create(float[] values, ReadOnlySpan<long> shape, Device device)
    {
        using var unaligned = tensor(values, shape);
        return Own(unaligned, device);
    }

    /// <inheritdoc cref="Create(float[], ReadOnlySpan{long}, Device)"/>
    public static Tensor Create(long[] values, ReadOnlySpan<long> shape, Device device)
    {
        using var unaligned = tensor(values, shape);
        return Own(unaligned, device);
    }

    private static Tensor Own(Tensor unaligned, Device device) =>
        device.type == TorchSharp.DeviceType.CPU ? unaligned.clone() : unaligned.to(device);
}
