namespace Telecom.Client.OpenInference;

/// <summary>Names, sizes and .NET types of element types.</summary>
internal static class DataTypes
{
    private static readonly (string Name, int Bytes, Type? Element)[] Table =
    [
        ("BOOL", 1, typeof(bool)),
        ("UINT8", 1, typeof(byte)),
        ("UINT16", 2, typeof(ushort)),
        ("UINT32", 4, typeof(uint)),
        ("UINT64", 8, typeof(ulong)),
        ("INT8", 1, typeof(sbyte)),
        ("INT16", 2, typeof(short)),
        ("INT32", 4, typeof(int)),
        ("INT64", 8, typeof(long)),
        ("FP16", 2, typeof(Half)),
        ("FP32", 4, typeof(float)),
        ("FP64", 8, typeof(double)),
        ("BF16", 2, null),
        ("BYTES", 0, null),
    ];

    /// <summary>Name on the wire.</summary>
    public static string WireName(this TensorDataType type) => Table[(int)type].Name;

    /// <summary>Bytes of one element; 0 where they vary.</summary>
    public static int ElementBytes(this TensorDataType type) => Table[(int)type].Bytes;

    /// <summary>Whether JSON can carry it.</summary>
    public static bool HasJsonForm(this TensorDataType type) => type is not (TensorDataType.Float16 or TensorDataType.BFloat16);

    public static TensorDataType? Parse(string name)
    {
        var index = Array.FindIndex(Table, entry => entry.Name == name);
        return index < 0 ? null : (TensorDataType)index;
    }

    /// <summary>Element type of a .NET type.</summary>
    /// <exception cref="NotSupportedException">The protocol has no such element.</exception>
    public static TensorDataType Of<T>()
    {
        var index = Array.FindIndex(Table, entry => entry.Element == typeof(T));
        return index >= 0
            ? (TensorDataType)index
            : throw new NotSupportedException(
                $"The protocol has no tensors of {typeof(T).Name}: it takes bool, Half, float, double and the integers of 8 to 64 bits.");
    }

    /// <summary>Whether elements may be read as this .NET type; BF16 is read as its bits.</summary>
    public static bool IsReadAs<T>(this TensorDataType type) =>
        Table[(int)type].Element == typeof(T) || (type == TensorDataType.BFloat16 && typeof(T) == typeof(ushort));

    /// <summary>Turns elements from or into the little-endian form of the wire; nothing to do on most machines.</summary>
    public static void Swap(Span<byte> bytes, int elementBytes)
    {
        if (BitConverter.IsLittleEndian || elementBytes < 2)
        {
            return;
        }

        for (var at = 0; at < bytes.Length; at += elementBytes)
        {
            bytes.Slice(at, elementBytes).Reverse();
        }
    }
}
