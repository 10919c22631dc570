using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Telecom.Client.OpenInference;

/// <summary>Reads the elements of a tensor from JSON into bytes; flat or nested, which says nothing that the shape does not.</summary>
internal static class JsonElements
{
    /// <returns>How many elements there are.</returns>
    /// <exception cref="FormatException">An element of another type or beyond its range.</exception>
    public static int Read(ref Utf8JsonReader reader, TensorDataType type, PooledBytes target, string name)
    {
        var count = 0;
        var depth = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray: depth++; break;
                case JsonTokenType.EndArray: depth--; break;
                default:
                    Append(ref reader, type, target, name);
                    count++;
                    break;
            }
        }
        while (depth > 0 && reader.Read());

        return count;
    }

    private static void Append(ref Utf8JsonReader reader, TensorDataType type, PooledBytes target, string name)
    {
        switch (type)
        {
            case TensorDataType.Bool: Append(target, reader.GetBoolean()); break;
            case TensorDataType.UInt8: Append(target, reader.GetByte()); break;
            case TensorDataType.UInt16: Append(target, reader.GetUInt16()); break;
            case TensorDataType.UInt32: Append(target, reader.GetUInt32()); break;
            case TensorDataType.UInt64: Append(target, reader.GetUInt64()); break;
            case TensorDataType.Int8: Append(target, reader.GetSByte()); break;
            case TensorDataType.Int16: Append(target, reader.GetInt16()); break;
            case TensorDataType.Int32: Append(target, reader.GetInt32()); break;
            case TensorDataType.Int64: Append(target, reader.GetInt64()); break;
            case TensorDataType.Float32: Append(target, reader.GetSingle()); break;
            case TensorDataType.Float64: Append(target, reader.GetDouble()); break;
            case TensorDataType.Bytes: AppendText(ref reader, target); break;
            default: throw new FormatException($"the output '{name}' has elements of {type.WireName()}, which JSON cannot carry");
        }
    }

    private static void Append<T>(PooledBytes target, T value)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        bytes.CopyTo(target.GetSpan(bytes.Length));
        target.Advance(bytes.Length);
    }

    private static void AppendText(ref Utf8JsonReader reader, PooledBytes target)
    {
        var longest = reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length;
        var place = target.GetSpan(sizeof(int) + longest);
        var length = reader.CopyString(place[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(place, length);
        target.Advance(sizeof(int) + length);
    }
}
