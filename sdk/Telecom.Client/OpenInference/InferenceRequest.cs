using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Telecom.Client.OpenInference;

/// <summary>
/// Tensors for a model. Values are copied into a pooled buffer when they are added, so that spans, stack memory among them, may be given; disposing
/// gives the buffer back. Used for one call after another, not for two at once.
/// </summary>
public sealed class InferenceRequest : IDisposable
{
    private const int LengthBytes = 4;

    private readonly PooledBytes values = new(0);
    private readonly List<InferenceInput> inputs = [];
    private readonly List<RequestedOutput> outputs = [];

    /// <summary>Comes back in the answer; null for none.</summary>
    public string? Id { get; set; }

    /// <summary>Whether inputs travel as bytes instead of as JSON. FP16 and BF16 can only so.</summary>
    public bool BinaryInputs { get; set; } = true;

    /// <summary>Whether outputs travel as bytes where <see cref="Ask"/> does not say otherwise.</summary>
    public bool BinaryOutputs { get; set; } = true;

    /// <summary>Time in which an answer is of use, sent in microseconds; above zero; null for the host's own limit.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Method of the task, a parameter of Telecom hosts; null for the default.</summary>
    public string? Method { get; set; }

    /// <summary>Adapter by name, a parameter of Telecom hosts; null for the method's own.</summary>
    public string? Adapter { get; set; }

    internal IReadOnlyList<InferenceInput> Inputs => inputs;

    internal IReadOnlyList<RequestedOutput> Outputs => outputs;

    /// <summary>Adds an input of numbers.</summary>
    /// <typeparam name="T">bool, Half, float, double, or an integer of 8 to 64 bits; it must be that of the model.</typeparam>
    /// <param name="name">Name of the input.</param>
    /// <param name="shape">Its dimensions, each 1 or more; rows first.</param>
    /// <param name="elements">Its values, row-major; as many as the product of the dimensions.</param>
    /// <returns>This request.</returns>
    /// <exception cref="ArgumentException">Name taken, or values that do not fill the shape.</exception>
    /// <exception cref="NotSupportedException">The protocol has no such element.</exception>
    public InferenceRequest Add<T>(string name, ReadOnlySpan<long> shape, ReadOnlySpan<T> elements)
        where T : unmanaged => Add(name, DataTypes.Of<T>(), shape, MemoryMarshal.AsBytes(elements));

    /// <summary>Adds an input of BF16 numbers by their bits, the upper half of those of a float.</summary>
    /// <returns>This request.</returns>
    /// <exception cref="ArgumentException">Name taken, or values that do not fill the shape.</exception>
    public InferenceRequest AddBFloat16(string name, ReadOnlySpan<long> shape, ReadOnlySpan<ushort> bits) =>
        Add(name, TensorDataType.BFloat16, shape, MemoryMarshal.AsBytes(bits));

    /// <summary>Adds an input of blobs (BYTES). In JSON they must be UTF-8 text.</summary>
    /// <returns>This request.</returns>
    /// <exception cref="ArgumentException">Name taken, or values that do not fill the shape.</exception>
    public InferenceRequest AddBytes(string name, ReadOnlySpan<long> shape, ReadOnlySpan<ReadOnlyMemory<byte>> elements)
    {
        Check(name, shape, elements.Length);
        values.Align();
        var start = values.Length;
        foreach (var element in elements)
        {
            element.Span.CopyTo(Reserve(element.Length));
        }

        inputs.Add(new(name, TensorDataType.Bytes, shape.ToArray(), start, values.Length - start));
        return this;
    }

    /// <summary>Adds an input of texts (BYTES, UTF-8).</summary>
    /// <returns>This request.</returns>
    /// <exception cref="ArgumentException">Name taken, or values that do not fill the shape.</exception>
    public InferenceRequest AddText(string name, ReadOnlySpan<long> shape, ReadOnlySpan<string> elements)
    {
        Check(name, shape, elements.Length);
        values.Align();
        var start = values.Length;
        foreach (var element in elements)
        {
            Encoding.UTF8.GetBytes(element, Reserve(Encoding.UTF8.GetByteCount(element)));
        }

        inputs.Add(new(name, TensorDataType.Bytes, shape.ToArray(), start, values.Length - start));
        return this;
    }

    /// <summary>Asks for an output; without any, all outputs come.</summary>
    /// <param name="name">Name of the output.</param>
    /// <param name="binary">Whether it travels as bytes; null for <see cref="BinaryOutputs"/>.</param>
    /// <returns>This request.</returns>
    public InferenceRequest Ask(string name, bool? binary = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        outputs.Add(new(name, binary));
        return this;
    }

    /// <inheritdoc/>
    public void Dispose() => values.Dispose();

    internal ReadOnlyMemory<byte> Bytes(InferenceInput input) => values.Memory.Slice(input.Start, input.Bytes);

    private InferenceRequest Add(string name, TensorDataType type, ReadOnlySpan<long> shape, ReadOnlySpan<byte> bytes)
    {
        Check(name, shape, bytes.Length / type.ElementBytes());
        values.Align();
        var start = values.Length;
        bytes.CopyTo(values.GetSpan(bytes.Length));
        DataTypes.Swap(values.GetSpan(bytes.Length)[..bytes.Length], type.ElementBytes());
        values.Advance(bytes.Length);
        inputs.Add(new(name, type, shape.ToArray(), start, bytes.Length));
        return this;
    }

    // An element of BYTES: its length, then the element.
    private Span<byte> Reserve(int bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(values.GetSpan(LengthBytes), bytes);
        values.Advance(LengthBytes);
        var place = values.GetSpan(bytes)[..bytes];
        values.Advance(bytes);
        return place;
    }

    private void Check(string name, ReadOnlySpan<long> shape, int elements)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (inputs.Exists(input => input.Name == name))
        {
            throw new ArgumentException($"The input '{name}' was added before.", nameof(name));
        }

        Int128 product = 1;
        foreach (var dimension in shape)
        {
            product = dimension > 0 && product <= int.MaxValue ? product * dimension : -1;
        }

        if (product != elements)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The input '{name}' has {elements} values, which do not fill the shape [{string.Join(", ", shape.ToArray())}]."),
                nameof(shape));
        }
    }
}
