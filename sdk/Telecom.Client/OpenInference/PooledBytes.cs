using System.Buffers;

namespace Telecom.Client.OpenInference;

/// <summary>Bytes that grow, in an array of the shared pool.</summary>
internal sealed class PooledBytes(int expectedBytes) : IBufferWriter<byte>, IDisposable
{
    private const int LeastBytes = 256;

    private byte[] array = ArrayPool<byte>.Shared.Rent(Math.Max(expectedBytes, LeastBytes));

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public Memory<byte> Memory => array.AsMemory(0, Length);

    public Span<byte> Span => array.AsSpan(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return array.AsSpan(Length);
    }

    /// <summary>Makes the next byte one that any element may begin at.</summary>
    public void Align()
    {
        const int Widest = 8;
        var gap = (Widest - (Length % Widest)) % Widest;
        GetSpan(gap)[..gap].Clear();
        Length += gap;
    }

    public void Dispose()
    {
        var rented = Interlocked.Exchange(ref array, []);
        if (rented.Length > 0)
        {
            Length = 0;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Reserve(int sizeHint)
    {
        var needed = checked(Length + Math.Max(sizeHint, 1));
        if (needed <= array.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * array.Length), Array.MaxLength));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }
}
