using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Tensors in the binary form of the protocol: little-endian, row-major; BYTES as elements that each follow their 4-byte length.</summary>
internal static class BinaryTensor
{
    private const int LengthBytes = 4;

    /// <summary>Copies the elements once, into the array that becomes the tensor.</summary>
    /// <exception cref="InvalidInputException">Another number of bytes than elements need, or a BOOL that is neither 0 nor 1.</exception>
    public static Array Read(ReadOnlySpan<byte> bytes, TensorDataType type, int count, string pointer)
    {
        if (type != TensorDataType.Bytes && bytes.Length != (long)count * type.ElementBytes())
        {
            throw Wrong(pointer, $"is {bytes.Length}, but {count} elements of {type.WireName()} have {(long)count * type.ElementBytes()} bytes.");
        }

        return type switch
        {
            TensorDataType.Fp32 => Copy<float>(bytes),
            TensorDataType.Fp64 => Copy<double>(bytes),
            TensorDataType.Bool => CopyBool(bytes, pointer),
            TensorDataType.UInt8 => Copy<byte>(bytes),
            TensorDataType.UInt16 or TensorDataType.Bf16 => Copy<ushort>(bytes),
            TensorDataType.UInt32 => Copy<uint>(bytes),
            TensorDataType.UInt64 => Copy<ulong>(bytes),
            TensorDataType.Int8 => Copy<sbyte>(bytes),
            TensorDataType.Int16 => Copy<short>(bytes),
            TensorDataType.Int32 => Copy<int>(bytes),
            TensorDataType.Int64 => Copy<long>(bytes),
            TensorDataType.Fp16 => Copy<Half>(bytes),
            _ => Split(bytes, count, pointer),
        };
    }

    /// <returns>Bytes of the tensor in binary form.</returns>
    public static long Size(TensorValue tensor, TensorDataType type) => tensor.Data is byte[][] strings
        ? strings.Sum(element => (long)LengthBytes + element.Length)
        : (long)tensor.Data.Length * type.ElementBytes();

    /// <summary>Appends the elements.</summary>
    public static void Write(IBufferWriter<byte> writer, TensorValue tensor)
    {
        switch (tensor.Data)
        {
            case float[] values:
                Write<float>(writer, values);
                break;
            case double[] values:
                Write<double>(writer, values);
                break;
            case byte[][] values:
                Join(writer, values);
                break;
            case bool[] values:
                Write<bool>(writer, values);
                break;
            default:
                // The runtime's own type tests take byte[] for sbyte[] and the like, which here is all the same.
                WriteIntegers(writer, tensor.Data);
                break;
        }
    }

    private static void WriteIntegers(IBufferWriter<byte> writer, Array data)
    {
        switch (data)
        {
            case byte[] values:
                Write<byte>(writer, values);
                break;
            case ushort[] values:
                Write<ushort>(writer, values);
                break;
            case uint[] values:
                Write<uint>(writer, values);
                break;
            case ulong[] values:
                Write<ulong>(writer, values);
                break;
            case Half[] values:
                Write<Half>(writer, values);
                break;
        }
    }

    private static T[] Copy<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        Reverse(MemoryMarshal.AsBytes(values.AsSpan()), bytes.Length / Math.Max(1, values.Length));
        return values;
    }

    private static bool[] CopyBool(ReadOnlySpan<byte> bytes, string pointer)
    {
        var wrong = bytes.IndexOfAnyExcept((byte)0, (byte)1);
        return wrong < 0 ? Copy<bool>(bytes) : throw Wrong(pointer, $"covers element {wrong}, which is {bytes[wrong]}; BOOL takes 0 and 1.");
    }

    private static void Write<T>(IBufferWriter<byte> writer, T[] values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(bytes);
            return;
        }

        var reversed = bytes.ToArray();
        Reverse(reversed, bytes.Length / Math.Max(1, values.Length));
        writer.Write(reversed);
    }

    // The wire is little-endian whatever the machine is.
    private static void Reverse(Span<byte> bytes, int elementBytes)
    {
        for (var at = 0; !BitConverter.IsLittleEndian && at < bytes.Length; at += elementBytes)
        {
            bytes.Slice(at, elementBytes).Reverse();
        }
    }

    private static byte[][] Split(ReadOnlySpan<byte> bytes, int count, string pointer)
    {
        // Every element has a length at least: a shape cannot make this allocate more than the body did.
        if ((long)count * LengthBytes > bytes.Length)
        {
            throw Wrong(pointer, $"is {bytes.Length}, which is too little for {count} elements of BYTES.");
        }

        var values = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var length = bytes.Length < LengthBytes ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (length > (uint)Math.Max(0, bytes.Length - LengthBytes))
            {
                throw Wrong(pointer, $"ends within element {i} of BYTES.");
            }

            values[i] = bytes.Slice(LengthBytes, (int)length).ToArray();
            bytes = bytes[(LengthBytes + (int)length)..];
        }

        return bytes.IsEmpty ? values : throw Wrong(pointer, $"has {bytes.Length} bytes more than its {count} elements of BYTES.");
    }

    private static void Join(IBufferWriter<byte> writer, byte[][] values)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(LengthBytes), (uint)value.Length);
            writer.Advance(LengthBytes);
            writer.Write(value);
        }
    }

    private static InvalidInputException Wrong(string pointer, FormattableString message) =>
        new(pointer, message.ToString(CultureInfo.InvariantCulture));
}
