namespace Telecom.Modeling.Checkpoints;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Name, unique in the file.</param>
/// <param name="DataType">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the start of the data section.</param>
/// <param name="End">Byte after the last, counted from the start of the data section.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsDataType DataType, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Length of the tensor's data in bytes.</summary>
    public long ByteCount => End - Begin;

    /// <summary>Number of elements; 1 for a scalar, 0 when any size is 0.</summary>
    public long ElementCount => ByteCount / DataType.ByteSize();
}
