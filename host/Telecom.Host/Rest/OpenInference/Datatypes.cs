using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Datatypes as the protocol names them.</summary>
internal static class Datatypes
{
    // In the order of the enumeration, which the SDK promises not to change.
    private static readonly (string Name, int Bytes)[] All =
    [
        ("BOOL", 1), ("UINT8", 1), ("INT32", 4), ("INT64", 8), ("FP32", 4), ("FP64", 8), ("BYTES", 0),
        ("UINT16", 2), ("UINT32", 4), ("UINT64", 8), ("INT8", 1), ("INT16", 2), ("FP16", 2), ("BF16", 2),
    ];

    /// <returns>The name on the wire.</returns>
    public static string WireName(this TensorDataType type) => All[(int)type].Name;

    /// <returns>Bytes of one element in binary form; 0 for BYTES, whose elements carry their length.</returns>
    public static int ElementBytes(this TensorDataType type) => All[(int)type].Bytes;

    /// <summary>Whether JSON can carry it; the protocol gives the 16-bit floats no JSON form.</summary>
    public static bool HasJson(this TensorDataType type) => type is not (TensorDataType.Fp16 or TensorDataType.Bf16);
}
