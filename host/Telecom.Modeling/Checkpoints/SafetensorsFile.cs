using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.MemoryMappedFiles;
using TorchSharp;

namespace Telecom.Modeling.Checkpoints;

/// <summary>
/// A safetensors file, memory-mapped for reading. Every rule of the format is checked when the file is opened, before anything is allocated for its
/// tensors; values are not checked, so NaN and infinity may occur.
/// </summary>
/// <remarks>Safe for concurrent readers. Spans and pointers into the file must not be used after disposal.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private const int PrefixLength = sizeof(ulong);
    private const ulong MaxHeaderLength = 100_000_000;
    private readonly IDisposable source;
    private readonly FrozenDictionary<string, SafetensorsEntry> byName;
    private byte* data;

    /// <param name="path">Named in errors.</param>
    /// <param name="start">First byte of the file.</param>
    /// <param name="length">Bytes of the file, whose prefix was checked.</param>
    /// <param name="source">What keeps the bytes where they are; owned by this object from here on.</param>
    private SafetensorsFile(string path, byte* start, long length, IDisposable source)
    {
        Path = path;
        this.source = source;
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, PrefixLength));
        data = start + PrefixLength + headerLength;
        try
        {
            var header = SafetensorsHeader.Parse(
                new ReadOnlySpan<byte>(start + PrefixLength, headerLength), length - PrefixLength - headerLength, path);
            Entries = header.Entries;
            Metadata = header.Metadata;
            byName = header.Entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file as it was named on opening.</summary>
    public string Path { get; }

    /// <summary>All tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Free text that travels with the file; empty when there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file and checks it.</summary>
    /// <exception cref="CheckpointFormatException">The file is missing, unreadable, or breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            Span<byte> prefix = stackalloc byte[PrefixLength];
            var length = stream.Length;
            CheckLengths(prefix[..RandomAccess.Read(stream.SafeFileHandle, prefix, 0)], length, path);
            var mapping = new Mapping(stream, length, out var start);
            return new SafetensorsFile(path, start, length, mapping);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointFormatException(path, null, $"cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Checks a file that is in memory.</summary>
    /// <param name="name">Named in errors.</param>
    /// <param name="bytes">The whole file; must not change while it is in use.</param>
    /// <exception cref="CheckpointFormatException">The bytes break a rule of the format.</exception>
    internal static SafetensorsFile Read(string name, ReadOnlyMemory<byte> bytes)
    {
        CheckLengths(bytes.Span, bytes.Length, name);
        var pinned = bytes.Pin();
        return new SafetensorsFile(name, (byte*)pinned.Pointer, bytes.Length, pinned);
    }

    /// <summary>Finds a tensor.</summary>
    /// <returns>False when the file has no tensor of that name.</returns>
    public bool TryGetEntry(string name, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out SafetensorsEntry entry) =>
        byName.TryGetValue(name, out entry);

    /// <summary>Finds a tensor.</summary>
    /// <exception cref="CheckpointFormatException">The file has no tensor of that name.</exception>
    public SafetensorsEntry GetEntry(string name) =>
        byName.TryGetValue(name, out var entry) ? entry : throw new CheckpointFormatException(Path, name, "is not in the file.");

    /// <summary>A tensor's bytes in the mapped file, row-major and little-endian.</summary>
    /// <param name="name">Tensor name.</param>
    /// <exception cref="CheckpointFormatException">No such tensor.</exception>
    /// <exception cref="ArgumentException">It is larger than a span can be (2 GiB): use the overload with a range.</exception>
    public ReadOnlySpan<byte> GetBytes(string name)
    {
        var entry = GetEntry(name);
        return entry.ByteCount <= int.MaxValue
            ? GetBytes(name, 0, (int)entry.ByteCount)
            : throw new ArgumentException($"Tensor '{CheckpointFormatException.Show(name)}' is larger than 2 GiB; read it in ranges.", nameof(name));
    }

    /// <summary>A range of a tensor's bytes in the mapped file.</summary>
    /// <param name="name">Tensor name.</param>
    /// <param name="offset">First byte, counted from the start of the tensor.</param>
    /// <param name="length">Number of bytes.</param>
    public ReadOnlySpan<byte> GetBytes(string name, long offset, int length)
    {
        ObjectDisposedException.ThrowIf(data == null, this);
        var entry = GetEntry(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.ByteCount - length);
        return new ReadOnlySpan<byte>(data + entry.Begin + offset, length);
    }

    /// <summary>Copies a tensor into an existing one, converting the element type and moving to the device where they differ.</summary>
    /// <remarks>Contiguous CPU tensors of the file's type are filled by one copy; others through one staging tensor of this size.</remarks>
    /// <exception cref="CheckpointFormatException">No such tensor, or its shape is not that of <paramref name="destination"/>.</exception>
    public void CopyTo(string name, torch.Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var entry = GetEntry(name);
        if (!destination.shape.AsSpan().SequenceEqual(entry.Shape.ToArray()))
        {
            throw new CheckpointFormatException(
                Path, name, $"has shape [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", destination.shape)}].");
        }

        using var noGradient = torch.no_grad();
        if (destination.device_type == DeviceType.CPU && destination.dtype == entry.DataType.ToScalarType() && destination.is_contiguous())
        {
            Fill(entry, destination);
            return;
        }

        using var staging = torch.empty(destination.shape, dtype: entry.DataType.ToScalarType(), device: torch.CPU);
        Fill(entry, staging);
        destination.copy_(staging);
    }

    /// <summary>Copies a tensor out of the file.</summary>
    /// <returns>A new CPU tensor of the file's type and shape, in the caller's dispose scope; the caller disposes.</returns>
    /// <exception cref="CheckpointFormatException">No such tensor.</exception>
    public torch.Tensor Load(string name)
    {
        var entry = GetEntry(name);
        var tensor = torch.empty(entry.Shape.ToArray(), dtype: entry.DataType.ToScalarType(), device: torch.CPU);
        try
        {
            Fill(entry, tensor);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (data != null)
        {
            data = null;
            source.Dispose();
        }
    }

    private static void CheckLengths(ReadOnlySpan<byte> beginning, long length, string path)
    {
        if (beginning.Length < PrefixLength)
        {
            throw new CheckpointFormatException(path, null, $"a safetensors file has at least {PrefixLength} bytes, this one has {length}.");
        }

        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(beginning);
        if (headerLength > MaxHeaderLength)
        {
            throw new CheckpointFormatException(
                path, null, $"the header length {headerLength} is above the limit of {MaxHeaderLength} bytes; this is not a safetensors file.");
        }

        if (PrefixLength + (long)headerLength > length)
        {
            throw new CheckpointFormatException(
                path, null, $"the header needs {headerLength} bytes but only {length - PrefixLength} follow its length: the file is truncated.");
        }
    }

    private void Fill(SafetensorsEntry entry, torch.Tensor destination) =>
        TensorBytes.Visit(destination, (bytes, offset) => GetBytes(entry.Name, offset, bytes.Length).CopyTo(bytes));

    /// <summary>A file in the address space, read-only.</summary>
    private sealed class Mapping : IDisposable
    {
        private readonly MemoryMappedFile file;
        private readonly MemoryMappedViewAccessor view;

        public Mapping(FileStream stream, long length, out byte* start)
        {
            file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            try
            {
                view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            }
            catch
            {
                file.Dispose();
                throw;
            }

            byte* pointer = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            start = pointer + view.PointerOffset;
        }

        public void Dispose()
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        }
    }
}
