using System.Text.Json;
using System.Text.Unicode;

namespace Telecom.Modeling.Checkpoints;

/// <summary>The JSON header of a safetensors file, parsed and checked.</summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";

    /// <summary>Most tensor operations refuse a higher rank; the limit also bounds what a hostile header can make us allocate.</summary>
    private const int MaxRank = 64;

    private readonly string path;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader(string path) => this.path = path;

    /// <summary>Tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => entries;

    /// <summary>Free text that travels with the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <param name="json">The header without its length prefix, with padding.</param>
    /// <param name="dataLength">Bytes of the file behind the header.</param>
    /// <param name="path">Named in errors.</param>
    /// <exception cref="CheckpointFormatException">Any rule of the format is broken.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, string path)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw new CheckpointFormatException(path, null, "the header does not begin with '{'; this is not a safetensors file.");
        }

        if (!Utf8.IsValid(json))
        {
            throw new CheckpointFormatException(path, null, "the header is not valid UTF-8.");
        }

        var header = new SafetensorsHeader(path);
        try
        {
            header.Read(json.TrimEnd((byte)' '));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // GetString reports escaped lone surrogates as InvalidOperationException.
            throw new CheckpointFormatException(path, null, $"the header is not valid JSON: {exception.Message}", exception);
        }

        SafetensorsLayout.SortAndCheckTiling(header.entries, dataLength, path);
        return header;
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        if (json[^1] != (byte)'}')
        {
            throw new CheckpointFormatException(path, null, "the header must end with '}' and may be padded with spaces (0x20) only.");
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new CheckpointFormatException(path, name, "the name occurs twice in the header.");
            }

            reader.Read();
            if (name == MetadataName)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                entries.Add(ReadEntry(ref reader, name));
            }
        }

        // Reading on to the end lets the parser refuse anything that follows the object.
        while (reader.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        const string Rule = "must map strings to strings only, each key once.";
        Expect(in reader, JsonTokenType.StartObject, MetadataName, Rule);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(in reader, JsonTokenType.String, MetadataName, Rule);
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new CheckpointFormatException(path, MetadataName, Rule);
            }
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(in reader, JsonTokenType.StartObject, name, "its description must be a JSON object.");
        SafetensorsDataType? dataType = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString()!;
            reader.Read();
            switch (member)
            {
                case "dtype" when dataType is null:
                    dataType = ReadDataType(ref reader, name);
                    break;
                case "shape" when shape is null:
                    shape = ReadSizes(ref reader, name, member);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadSizes(ref reader, name, member);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw new CheckpointFormatException(path, name, $"its member '{member}' occurs twice.");
                default:
                    throw new CheckpointFormatException(path, name, $"unknown member '{CheckpointFormatException.Show(member)}'.");
            }
        }

        return Check(name, dataType, shape, offsets);
    }

    private SafetensorsEntry Check(string name, SafetensorsDataType? dataType, List<long>? shape, List<long>? offsets)
    {
        if (dataType is not { } type || shape is null || offsets is null)
        {
            throw new CheckpointFormatException(path, name, "needs the members dtype, shape and data_offsets.");
        }

        if (offsets is not [var begin, var end] || end < begin)
        {
            throw new CheckpointFormatException(path, name, "data_offsets must be [begin, end] with begin ≤ end.");
        }

        if (!SafetensorsLayout.TryByteCount(type, shape, out var byteCount))
        {
            throw new CheckpointFormatException(path, name, $"the product of its sizes {ShowShape(shape)} overflows 63 bits.");
        }

        if (byteCount != end - begin)
        {
            throw new CheckpointFormatException(
                path, name, $"shape {ShowShape(shape)} of {type.WireName()} needs {byteCount} bytes but data_offsets span {end - begin}.");
        }

        return new SafetensorsEntry(name, type, shape.ToArray(), begin, end);
    }

    private SafetensorsDataType ReadDataType(ref Utf8JsonReader reader, string name)
    {
        Expect(in reader, JsonTokenType.String, name, "dtype must be a string.");
        var wireName = reader.GetString()!;
        if (SafetensorsDataTypes.TryParse(wireName, out var dataType))
        {
            return dataType;
        }

        const string Supported = "supported are BOOL, U8, I8, I16, I32, I64, F16, BF16, F32 and F64";
        throw new CheckpointFormatException(path, name, SafetensorsDataTypes.IsKnownButUnsupported(wireName)
            ? $"data type {wireName} is not supported; {Supported}. Convert the tensor and save the file again."
            : $"unknown data type '{CheckpointFormatException.Show(wireName)}'; {Supported}.");
    }

    private List<long> ReadSizes(ref Utf8JsonReader reader, string name, string member)
    {
        var rule = $"{member} must be an array of at most {MaxRank} integers from 0 to 2^63 − 1.";
        Expect(in reader, JsonTokenType.StartArray, name, rule);
        var sizes = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(in reader, JsonTokenType.Number, name, rule);
            if (!reader.TryGetInt64(out var size) || size < 0 || sizes.Count == MaxRank)
            {
                throw new CheckpointFormatException(path, name, rule);
            }

            sizes.Add(size);
        }

        return sizes;
    }

    private void Expect(ref readonly Utf8JsonReader reader, JsonTokenType token, string name, string rule)
    {
        if (reader.TokenType != token)
        {
            throw new CheckpointFormatException(path, name, rule);
        }
    }

    private static string ShowShape(List<long> shape) =>
        $"[{string.Join(", ", shape)}]";
}
