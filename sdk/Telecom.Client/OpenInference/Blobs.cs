using System.Buffers.Binary;

namespace Telecom.Client.OpenInference;

/// <summary>The binary form of BYTES: for each element its length in four bytes, then the element.</summary>
internal static class Blobs
{
    /// <exception cref="FormatException">The bytes are not that many elements.</exception>
    public static void Check(ReadOnlySpan<byte> bytes, int count, string name)
    {
        for (var i = 0; i < count; i++)
        {
            var length = bytes.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (length < 0 || length > bytes.Length - sizeof(int))
            {
                throw new FormatException($"the output '{name}' ends within an element of BYTES");
            }

            bytes = bytes[(sizeof(int) + length)..];
        }

        if (!bytes.IsEmpty)
        {
            throw new FormatException($"the output '{name}' has bytes after its last element");
        }
    }
}
