using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;

namespace Telecom.Modeling.Checkpoints;

/// <summary>
/// Collects tensors and writes them as one safetensors file: widest element type first, then by name, header padded to a multiple of 8 bytes,
/// metadata <c>format=pt</c>. The same tensors always give the same bytes.
/// </summary>
/// <remarks>Tensors are read when <see cref="Write(string)"/> is called and stay the caller's.</remarks>
public sealed class SafetensorsWriter
{
    private const int HeaderAlignment = 8;
    private readonly Dictionary<string, Source> sources = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal) { ["format"] = "pt" };

    private delegate void WriteData(Stream stream);

    /// <summary>Writes named tensors as one file.</summary>
    /// <param name="path">Target; replaced if it exists, in one step.</param>
    /// <param name="tensors">Tensors of any device and layout.</param>
    /// <param name="metadata">Added to <c>format=pt</c>.</param>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, torch.Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in tensors)
        {
            writer.Add(name, tensor);
        }

        foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
        {
            writer.AddMetadata(key, value);
        }

        writer.Write(path);
    }

    /// <summary>Adds a tensor of any device and layout.</summary>
    /// <exception cref="ArgumentException">The name is taken or reserved.</exception>
    /// <exception cref="NotSupportedException">The element type has no counterpart in the format.</exception>
    public SafetensorsWriter Add(string name, torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Add(name, new Source(tensor.dtype.ToSafetensors(), [.. tensor.shape], stream => WriteTensor(stream, tensor)));
    }

    /// <summary>Adds raw bytes, row-major and little-endian.</summary>
    /// <exception cref="ArgumentException">The name is taken or reserved, or the bytes do not fit the shape.</exception>
    public SafetensorsWriter Add(string name, SafetensorsDataType dataType, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Any(size => size < 0) || !SafetensorsLayout.TryByteCount(dataType, shape, out var byteCount) || byteCount != bytes.Length)
        {
            throw new ArgumentException(
                $"{bytes.Length} bytes do not fill shape [{string.Join(", ", shape)}] of {dataType.WireName()}.", nameof(bytes));
        }

        return Add(name, new Source(dataType, [.. shape], stream => stream.Write(bytes.Span)));
    }

    /// <summary>Adds free text to the header; a key given twice keeps the last value.</summary>
    public SafetensorsWriter AddMetadata(string key, string value)
    {
        metadata[key] = value;
        return this;
    }

    /// <summary>Writes under a temporary name beside <paramref name="path"/> and renames, so that readers see the old file or the new one.</summary>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var target = Path.GetFullPath(path);
        var temporary = $"{target}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private SafetensorsWriter Add(string name, Source source)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == SafetensorsHeader.MetadataName || !sources.TryAdd(name, source))
        {
            throw new ArgumentException($"The tensor name '{name}' is reserved or already taken.", nameof(name));
        }

        return this;
    }

    private void WriteTo(Stream stream)
    {
        var ordered = sources
            .OrderByDescending(source => source.Value.DataType.ByteSize())
            .ThenBy(source => source.Key, StringComparer.Ordinal)
            .ToArray();
        stream.Write(Header(ordered).WrittenSpan);
        foreach (var (_, source) in ordered)
        {
            source.Write(stream);
        }
    }

    private ArrayBufferWriter<byte> Header(KeyValuePair<string, Source>[] ordered)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            WriteMetadata(writer);
            var begin = 0L;
            foreach (var (name, source) in ordered)
            {
                begin = WriteEntry(writer, name, source, begin);
            }

            writer.WriteEndObject();
        }

        var padding = -json.WrittenCount & (HeaderAlignment - 1);
        var header = new ArrayBufferWriter<byte>(sizeof(ulong) + json.WrittenCount + padding);
        BinaryPrimitives.WriteUInt64LittleEndian(header.GetSpan(sizeof(ulong)), (ulong)(json.WrittenCount + padding));
        header.Advance(sizeof(ulong));
        header.Write(json.WrittenSpan);
        header.GetSpan(HeaderAlignment)[..padding].Fill((byte)' ');
        header.Advance(padding);
        return header;
    }

    private void WriteMetadata(Utf8JsonWriter writer)
    {
        writer.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach (var (key, value) in metadata)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static long WriteEntry(Utf8JsonWriter writer, string name, Source source, long begin)
    {
        if (!SafetensorsLayout.TryByteCount(source.DataType, source.Shape, out var byteCount))
        {
            throw new ArgumentException($"Tensor '{name}' has an impossible shape [{string.Join(", ", source.Shape)}].", nameof(source));
        }

        var end = checked(begin + byteCount);
        writer.WriteStartObject(name);
        writer.WriteString("dtype", source.DataType.WireName());
        WriteNumbers(writer, "shape", source.Shape);
        WriteNumbers(writer, "data_offsets", [begin, end]);
        writer.WriteEndObject();
        return end;
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string member, ReadOnlySpan<long> numbers)
    {
        writer.WriteStartArray(member);
        foreach (var number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static void WriteTensor(Stream stream, torch.Tensor tensor)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        TensorBytes.Visit(tensor.detach().cpu().contiguous(), (bytes, _) => stream.Write(bytes));
    }

    private sealed record Source(SafetensorsDataType DataType, long[] Shape, WriteData Write);
}
