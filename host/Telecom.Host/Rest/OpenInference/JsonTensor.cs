using System.Globalization;
using System.Text.Json;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Tensors as JSON arrays: row-major, flat or nested exactly as their shape on the way in, flat on the way out.</summary>
internal static class JsonTensor
{
    /// <summary>Reads the elements straight into the array that becomes the tensor.</summary>
    /// <param name="reader">Stands on the value of <c>data</c> and ends on its last token.</param>
    /// <param name="type">Datatype.</param>
    /// <param name="shape">Dimensions, all positive.</param>
    /// <param name="count">Their product.</param>
    /// <param name="pointer">JSON pointer to <c>data</c>.</param>
    /// <exception cref="InvalidInputException">Another number of elements, another nesting, or a wrong element, which is named.</exception>
    /// <exception cref="JsonException">No valid JSON.</exception>
    public static Array Read(ref Utf8JsonReader reader, TensorDataType type, ReadOnlySpan<long> shape, int count, string pointer) => type switch
    {
        TensorDataType.Fp32 => Read<float, Elements.Fp32>(ref reader, shape, count, pointer),
        TensorDataType.Fp64 => Read<double, Elements.Fp64>(ref reader, shape, count, pointer),
        TensorDataType.Bool => Read<bool, Elements.Bool>(ref reader, shape, count, pointer),
        TensorDataType.UInt8 => Read<byte, Elements.UInt8>(ref reader, shape, count, pointer),
        TensorDataType.UInt16 => Read<ushort, Elements.UInt16>(ref reader, shape, count, pointer),
        TensorDataType.UInt32 => Read<uint, Elements.UInt32>(ref reader, shape, count, pointer),
        TensorDataType.UInt64 => Read<ulong, Elements.UInt64>(ref reader, shape, count, pointer),
        TensorDataType.Int8 => Read<sbyte, Elements.Int8>(ref reader, shape, count, pointer),
        TensorDataType.Int16 => Read<short, Elements.Int16>(ref reader, shape, count, pointer),
        TensorDataType.Int32 => Read<int, Elements.Int32>(ref reader, shape, count, pointer),
        TensorDataType.Int64 => Read<long, Elements.Int64>(ref reader, shape, count, pointer),
        TensorDataType.Bytes => Read<byte[], Elements.Bytes>(ref reader, shape, count, pointer),
        _ => throw new InvalidInputException(pointer, $"{type.WireName()} has no JSON form: send the tensor with binary_data_size."),
    };

    /// <summary>Writes the elements as one flat array.</summary>
    /// <exception cref="UnwritableOutputException">An element that JSON cannot carry.</exception>
    public static void Write(Utf8JsonWriter writer, TensorValue tensor, TensorDataType type)
    {
        var isWritten = type switch
        {
            TensorDataType.Fp32 => Write<float, Elements.Fp32>(writer, tensor),
            TensorDataType.Fp64 => Write<double, Elements.Fp64>(writer, tensor),
            TensorDataType.Bool => Write<bool, Elements.Bool>(writer, tensor),
            TensorDataType.UInt8 => Write<byte, Elements.UInt8>(writer, tensor),
            TensorDataType.UInt16 => Write<ushort, Elements.UInt16>(writer, tensor),
            TensorDataType.UInt32 => Write<uint, Elements.UInt32>(writer, tensor),
            TensorDataType.UInt64 => Write<ulong, Elements.UInt64>(writer, tensor),
            TensorDataType.Int8 => Write<sbyte, Elements.Int8>(writer, tensor),
            TensorDataType.Int16 => Write<short, Elements.Int16>(writer, tensor),
            TensorDataType.Int32 => Write<int, Elements.Int32>(writer, tensor),
            TensorDataType.Int64 => Write<long, Elements.Int64>(writer, tensor),
            TensorDataType.Bytes => Write<byte[], Elements.Bytes>(writer, tensor),
            _ => false,
        };
        if (!isWritten)
        {
            throw new UnwritableOutputException(
                $"Output '{tensor.Name}' has {type.WireName()} values that JSON cannot carry (not finite, or not text): ask for it with binary_data.");
        }
    }

    private static T[] Read<T, TElement>(ref Utf8JsonReader reader, ReadOnlySpan<long> shape, int count, string pointer)
        where TElement : struct, IElement<T>
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InvalidInputException(pointer, "must be an array.");
        }

        var values = new T[count];
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            ReadFlat<T, TElement>(ref reader, values, 0, pointer);
        }
        else
        {
            var at = 0;
            ReadNested<T, TElement>(ref reader, values, ref at, shape, pointer);
        }

        return values;
    }

    // The reader stands on the first token inside the array and ends on its end.
    private static void ReadFlat<T, TElement>(ref Utf8JsonReader reader, Span<T> values, int offset, string pointer)
        where TElement : struct, IElement<T>
    {
        var at = 0;
        for (; reader.TokenType != JsonTokenType.EndArray; at++)
        {
            if (at == values.Length)
            {
                throw Wrong(pointer, $"has more than the {values.Length} elements that its shape says here.");
            }

            if (!TElement.TryRead(ref reader, out values[at]))
            {
                throw Wrong(pointer, $"element {offset + at} {TElement.Rule}");
            }

            reader.Read();
        }

        if (at < values.Length)
        {
            throw Wrong(pointer, $"has {at} elements where its shape says {values.Length}.");
        }
    }

    private static void ReadNested<T, TElement>(ref Utf8JsonReader reader, T[] values, ref int at, ReadOnlySpan<long> shape, string pointer)
        where TElement : struct, IElement<T>
    {
        if (shape.Length == 1)
        {
            ReadFlat<T, TElement>(ref reader, values.AsSpan(at, (int)shape[0]), at, pointer);
            at += (int)shape[0];
            return;
        }

        for (var i = 0L; i < shape[0]; i++, reader.Read())
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw Wrong(pointer, $"is nested, but not as its shape says near element {at}.");
            }

            reader.Read();
            ReadNested<T, TElement>(ref reader, values, ref at, shape[1..], pointer);
        }

        if (reader.TokenType != JsonTokenType.EndArray)
        {
            throw Wrong(pointer, $"is nested, but not as its shape says near element {at}.");
        }
    }

    private static bool Write<T, TElement>(Utf8JsonWriter writer, TensorValue tensor)
        where TElement : struct, IElement<T>
    {
        writer.WriteStartArray();
        foreach (var value in (T[])tensor.Data)
        {
            if (!TElement.TryWrite(writer, value))
            {
                return false;
            }
        }

        writer.WriteEndArray();
        return true;
    }

    private static InvalidInputException Wrong(string pointer, FormattableString message) =>
        new(pointer, message.ToString(CultureInfo.InvariantCulture));
}
