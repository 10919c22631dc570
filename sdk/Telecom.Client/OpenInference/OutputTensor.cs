using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Telecom.Client.OpenInference;

/// <summary>One output of a model. Its memory is that of the <see cref="InferenceResult"/>, and ends with it.</summary>
public sealed class OutputTensor
{
    private readonly InferenceResult owner;
    private readonly PooledBytes bytes;

    internal OutputTensor(InferenceResult owner, string name, TensorDataType dataType, IReadOnlyList<long> shape, PooledBytes bytes)
    {
        this.owner = owner;
        this.bytes = bytes;
        Name = name;
        DataType = dataType;
        Shape = shape;
    }

    /// <summary>Name of the output.</summary>
    public string Name { get; }

    /// <summary>Its element type.</summary>
    public TensorDataType DataType { get; }

    /// <summary>Its dimensions, rows first.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The elements as the protocol's binary form has them, on this machine in its own byte order; row-major.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed.</exception>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(owner.IsDisposed, owner);
            return bytes.Span;
        }
    }

    /// <summary>The elements, row-major, without a copy.</summary>
    /// <typeparam name="T">The .NET type of <see cref="DataType"/>; ushort for the bits of BF16.</typeparam>
    /// <exception cref="InvalidOperationException">The output has elements of another type.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed.</exception>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged => DataType.IsReadAs<T>()
            ? MemoryMarshal.Cast<byte, T>(Bytes)
            : throw new InvalidOperationException($"The output '{Name}' has elements of {DataType.WireName()}, which are not {typeof(T).Name}.");

    /// <summary>Copies of the elements of a BYTES output.</summary>
    /// <exception cref="InvalidOperationException">The output has elements of another type.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed.</exception>
    public IReadOnlyList<byte[]> Blobs() => Elements(static element => element.ToArray());

    /// <summary>The elements of a BYTES output as UTF-8 text.</summary>
    /// <exception cref="InvalidOperationException">The output has elements of another type.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed.</exception>
    public IReadOnlyList<string> Texts() => Elements(Encoding.UTF8.GetString);

    private List<T> Elements<T>(ElementReader<T> read)
    {
        if (DataType != TensorDataType.Bytes)
        {
            throw new InvalidOperationException($"The output '{Name}' has elements of {DataType.WireName()}, which are no blobs.");
        }

        var elements = new List<T>();
        for (var rest = Bytes; !rest.IsEmpty;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            elements.Add(read(rest.Slice(sizeof(int), length)));
            rest = rest[(sizeof(int) + length)..];
        }

        return elements;
    }

    private delegate T ElementReader<T>(ReadOnlySpan<byte> element);
}
