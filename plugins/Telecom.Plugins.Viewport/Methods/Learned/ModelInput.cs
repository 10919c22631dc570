using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>Makes input tensors of plain arrays.</summary>
internal static class ModelInput
{
    /// <param name="values">Row-major values.</param>
    /// <param name="shape">Shape.</param>
    /// <param name="device">Device of the weights.</param>
    /// <returns>
    /// A tensor in memory that libtorch allocated. A tensor over a managed array starts wherever the array does, and matrix kernels round differently
    /// with the alignment, so that one request would get answers that differ in their last bits.
    /// </returns>
    public static Tensor Create(float[] values, ReadOnlySpan<long> shape, Device device)
    {
        using var unaligned = tensor(values, shape);
        return device.type == TorchSharp.DeviceType.CPU ? unaligned.clone() : unaligned.to(device);
    }
}
