using System.Text.Json;
using System.Text.Unicode;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>The datatypes that JSON can carry.</summary>
internal static class Elements
{
    private const string Integer = "must be an integer in the range of the datatype.";
    private const string Float = "must be a finite number in the range of the datatype.";

    public readonly struct Bool : IElement<bool>
    {
        public static string Rule => "must be true or false.";

        public static bool TryRead(ref Utf8JsonReader reader, out bool value)
        {
            value = reader.TokenType == JsonTokenType.True;
            return value || reader.TokenType == JsonTokenType.False;
        }

        public static bool TryWrite(Utf8JsonWriter writer, bool value)
        {
            writer.WriteBooleanValue(value);
            return true;
        }
    }

    public readonly struct UInt8 : IElement<byte>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out byte value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, byte value)
        {
            writer.WriteNumberValue((uint)value);
            return true;
        }
    }

    public readonly struct UInt16 : IElement<ushort>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out ushort value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt16(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, ushort value)
        {
            writer.WriteNumberValue((uint)value);
            return true;
        }
    }

    public readonly struct UInt32 : IElement<uint>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out uint value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, uint value)
        {
            writer.WriteNumberValue(value);
            return true;
        }
    }

    public readonly struct UInt64 : IElement<ulong>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out ulong value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, ulong value)
        {
            writer.WriteNumberValue(value);
            return true;
        }
    }

    public readonly struct Int8 : IElement<sbyte>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out sbyte value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetSByte(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, sbyte value)
        {
            writer.WriteNumberValue((int)value);
            return true;
        }
    }

    public readonly struct Int16 : IElement<short>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out short value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetInt16(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, short value)
        {
            writer.WriteNumberValue((int)value);
            return true;
        }
    }

    public readonly struct Int32 : IElement<int>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out int value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, int value)
        {
            writer.WriteNumberValue(value);
            return true;
        }
    }

    public readonly struct Int64 : IElement<long>
    {
        public static string Rule => Integer;

        public static bool TryRead(ref Utf8JsonReader reader, out long value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, long value)
        {
            writer.WriteNumberValue(value);
            return true;
        }
    }

    public readonly struct Fp32 : IElement<float>
    {
        public static string Rule => Float;

        public static bool TryRead(ref Utf8JsonReader reader, out float value)
        {
            // Numbers beyond the range become infinite.
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out value) && float.IsFinite(value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, float value)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }

            writer.WriteNumberValue(value);
            return true;
        }
    }

    public readonly struct Fp64 : IElement<double>
    {
        public static string Rule => Float;

        public static bool TryRead(ref Utf8JsonReader reader, out double value)
        {
            value = default;
            return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value) && double.IsFinite(value);
        }

        public static bool TryWrite(Utf8JsonWriter writer, double value)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }

            writer.WriteNumberValue(value);
            return true;
        }
    }

    public readonly struct Bytes : IElement<byte[]>
    {
        public static string Rule => "must be a string.";

        public static bool TryRead(ref Utf8JsonReader reader, out byte[] value)
        {
            value = [];
            if (reader.TokenType != JsonTokenType.String)
            {
                return false;
            }

            // Escapes only ever shrink.
            var buffer = new byte[reader.ValueSpan.Length];
            var length = reader.CopyString(buffer);
            value = length == buffer.Length ? buffer : buffer[..length];
            return true;
        }

        public static bool TryWrite(Utf8JsonWriter writer, byte[] value)
        {
            if (!Utf8.IsValid(value))
            {
                return false;
            }

            writer.WriteStringValue(value);
            return true;
        }
    }
}
