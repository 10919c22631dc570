using TorchSharp;

namespace Telecom.Modeling.Checkpoints;

/// <summary>Access to the storage of contiguous CPU tensors of any size; a single span ends at 2 GiB.</summary>
internal static class TensorBytes
{
    private const int ChunkBytes = 1 << 30;

    /// <param name="bytes">A run of the tensor's bytes, whole elements only.</param>
    /// <param name="offset">Position of the run in the tensor, in bytes.</param>
    public delegate void Visitor(Span<byte> bytes, long offset);

    /// <summary>Visits all bytes of <paramref name="tensor"/> in order, in one run unless it is larger than 1 GiB.</summary>
    public static void Visit(torch.Tensor tensor, Visitor visitor)
    {
        var elementSize = tensor.ElementSize;
        var elements = tensor.NumberOfElements;
        if (elements * elementSize <= ChunkBytes)
        {
            visitor(tensor.bytes, 0);
            return;
        }

        using var flat = tensor.view(-1);
        var chunkElements = ChunkBytes / elementSize;
        for (var first = 0L; first < elements; first += chunkElements)
        {
            using var chunk = flat.narrow(0, first, Math.Min(chunkElements, elements - first));
            visitor(chunk.bytes, first * elementSize);
        }
    }
}
