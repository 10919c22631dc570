using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Telecom.FunctionalTests.OpenInference;

/// <summary>A request with a random tensor [rows, n, 2] of every datatype.</summary>
internal sealed class MirrorBody
{
    private const int Columns = 2;

    // Name of the tensor in the fixture, datatype, bytes of an element; 0 for BYTES.
    private static readonly (string Name, string Datatype, int Bytes)[] Types =
    [
        ("Bool", "BOOL", 1), ("UInt8", "UINT8", 1), ("Int32", "INT32", 4), ("Int64", "INT64", 8), ("Fp32", "FP32", 4), ("Fp64", "FP64", 8),
        ("Bytes", "BYTES", 0), ("UInt16", "UINT16", 2), ("UInt32", "UINT32", 4), ("UInt64", "UINT64", 8), ("Int8", "INT8", 1), ("Int16", "INT16", 2),
        ("Fp16", "FP16", 2), ("Bf16", "BF16", 2),
    ];

    private readonly byte[][] tensors;
    private readonly int rows;
    private readonly int length;

    public MirrorBody(Random random, bool isFinite)
    {
        rows = random.Next(1, 9);
        length = random.Next(1, 6);
        tensors = [.. Types.Select(type => Fill(random, type.Datatype, type.Bytes, rows * length * Columns, isFinite))];
    }

    /// <summary>All tensors in binary form, one after the other.</summary>
    public byte[] Bytes => [.. tensors.SelectMany(tensor => tensor)];

    /// <summary>JSON of the request, and the bytes that follow it.</summary>
    /// <param name="isBinary">Whether all inputs are binary; otherwise only those are that JSON cannot carry.</param>
    /// <param name="answersBinary">Likewise for the outputs.</param>
    /// <param name="isNested">Whether data are nested as the shape.</param>
    public (string Json, byte[] Tail) Write(bool isBinary, bool answersBinary, bool isNested)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("inputs");
            for (var i = 0; i < Types.Length; i++)
            {
                WriteInput(writer, i, isBinary || !HasJson(i), isNested);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("outputs");
            for (var i = 0; i < Types.Length; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("name", Types[i].Name);
                writer.WriteStartObject("parameters");
                writer.WriteBoolean("binary_data", answersBinary || !HasJson(i));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return (Encoding.UTF8.GetString(stream.ToArray()), [.. tensors.Where((_, i) => isBinary || !HasJson(i)).SelectMany(tensor => tensor)]);
    }

    /// <returns>The tensors of an answer in binary form, whatever form each of them came in.</returns>
    public static byte[] ReadBack(ProtocolReply reply)
    {
        var tail = reply.Tail.AsSpan();
        var all = new List<byte>();
        foreach (var (output, type) in reply.Json.GetProperty("outputs").EnumerateArray().Zip(Types))
        {
            Assert.Equal(type.Name, output.GetProperty("name").GetString());
            Assert.Equal(type.Datatype, output.GetProperty("datatype").GetString());
            if (output.TryGetProperty("data", out var data))
            {
                all.AddRange(data.EnumerateArray().SelectMany(value => Parse(value, type.Datatype)));
                continue;
            }

            var size = output.GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
            all.AddRange(tail[..size]);
            tail = tail[size..];
        }

        Assert.True(tail.IsEmpty);
        return [.. all];
    }

    private static bool HasJson(int type) => Types[type].Datatype is not ("FP16" or "BF16");

    private void WriteInput(Utf8JsonWriter writer, int type, bool isBinary, bool isNested)
    {
        writer.WriteStartObject();
        writer.WriteString("name", Types[type].Name);
        writer.WriteString("datatype", Types[type].Datatype);
        writer.WriteStartArray("shape");
        Array.ForEach((int[])[rows, length, Columns], writer.WriteNumberValue);
        writer.WriteEndArray();
        if (isBinary)
        {
            writer.WriteStartObject("parameters");
            writer.WriteNumber("binary_data_size", tensors[type].Length);
            writer.WriteEndObject();
        }
        else
        {
            var values = new Queue<string>(Texts(type));
            writer.WritePropertyName("data");
            if (isNested)
            {
                Nest(writer, values, rows, length, Columns);
            }
            else
            {
                Nest(writer, values, values.Count);
            }
        }

        writer.WriteEndObject();
    }

    private static void Nest(Utf8JsonWriter writer, Queue<string> values, params ReadOnlySpan<int> shape)
    {
        writer.WriteStartArray();
        for (var i = 0; i < shape[0]; i++)
        {
            if (shape.Length == 1)
            {
                writer.WriteRawValue(values.Dequeue());
            }
            else
            {
                Nest(writer, values, shape[1..]);
            }
        }

        writer.WriteEndArray();
    }

    private IEnumerable<string> Texts(int type)
    {
        var (_, datatype, bytes) = Types[type];
        var tensor = tensors[type];
        for (var at = 0; at < tensor.Length;)
        {
            var size = bytes > 0 ? bytes : 4 + BitConverter.ToInt32(tensor, at);
            yield return Text(tensor.AsSpan(at, size), datatype);
            at += size;
        }
    }

    private static string Text(ReadOnlySpan<byte> element, string datatype) => datatype switch
    {
        "BOOL" => element[0] == 1 ? "true" : "false",
        "BYTES" => "\"" + JsonEncodedText.Encode(element[4..]) + "\"",
        "FP32" => BitConverter.ToSingle(element).ToString("G9", CultureInfo.InvariantCulture),
        "FP64" => BitConverter.ToDouble(element).ToString("G17", CultureInfo.InvariantCulture),
        "UINT8" => element[0].ToString(CultureInfo.InvariantCulture),
        "INT8" => ((sbyte)element[0]).ToString(CultureInfo.InvariantCulture),
        "UINT16" => BitConverter.ToUInt16(element).ToString(CultureInfo.InvariantCulture),
        "INT16" => BitConverter.ToInt16(element).ToString(CultureInfo.InvariantCulture),
        "UINT32" => BitConverter.ToUInt32(element).ToString(CultureInfo.InvariantCulture),
        "INT32" => BitConverter.ToInt32(element).ToString(CultureInfo.InvariantCulture),
        "UINT64" => BitConverter.ToUInt64(element).ToString(CultureInfo.InvariantCulture),
        _ => BitConverter.ToInt64(element).ToString(CultureInfo.InvariantCulture),
    };

    private static byte[] Parse(JsonElement value, string datatype) => datatype switch
    {
        "BOOL" => [value.GetBoolean() ? (byte)1 : (byte)0],
        "BYTES" => Encoding.UTF8.GetBytes(value.GetString()!) is var text ? [.. BitConverter.GetBytes(text.Length), .. text] : [],
        "FP32" => BitConverter.GetBytes(float.Parse(value.GetRawText(), CultureInfo.InvariantCulture)),
        "FP64" => BitConverter.GetBytes(double.Parse(value.GetRawText(), CultureInfo.InvariantCulture)),
        "UINT8" => [value.GetByte()],
        "INT8" => [(byte)value.GetSByte()],
        "UINT16" => BitConverter.GetBytes(value.GetUInt16()),
        "INT16" => BitConverter.GetBytes(value.GetInt16()),
        "UINT32" => BitConverter.GetBytes(value.GetUInt32()),
        "INT32" => BitConverter.GetBytes(value.GetInt32()),
        "UINT64" => BitConverter.GetBytes(value.GetUInt64()),
        _ => BitConverter.GetBytes(value.GetInt64()),
    };

    private static byte[] Fill(Random random, string datatype, int bytes, int count, bool isFinite)
    {
        var all = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            all.AddRange(datatype switch
            {
                "BOOL" => [(byte)random.Next(2)],
                "BYTES" => Text(random),
                _ => Number(random, datatype, bytes, isFinite),
            });
        }

        return [.. all];
    }

    private static byte[] Text(Random random)
    {
        var runes = Enumerable.Range(0, random.Next(6)).Select(_ => new Rune(random.Next(2) == 0 ? random.Next(0x80) : random.Next(0x10000, 0x10FFFF)));
        var text = Encoding.UTF8.GetBytes(string.Concat(runes));
        return [.. BitConverter.GetBytes(text.Length), .. text];
    }

    // Any bits at all, so that every exponent comes up, and zero with either sign.
    private static byte[] Number(Random random, string datatype, int bytes, bool isFinite)
    {
        var element = new byte[bytes];
        do
        {
            random.NextBytes(element);
            if (random.Next(8) == 0)
            {
                Array.Clear(element);
                element[^1] = (byte)(random.Next(2) * 0x80);
            }
        }
        while (isFinite && !(datatype == "FP32" ? float.IsFinite(BitConverter.ToSingle(element)) : datatype != "FP64" || double.IsFinite(BitConverter.ToDouble(element))));
        return element;
    }
}
