using System.Collections.Frozen;
using TorchSharp;

namespace Telecom.Modeling.Checkpoints;

/// <summary>Names, sizes and tensor types of <see cref="SafetensorsDataType"/>.</summary>
public static class SafetensorsDataTypes
{
    private static readonly FrozenDictionary<string, SafetensorsDataType> ByWireName =
        Enum.GetValues<SafetensorsDataType>().ToFrozenDictionary(WireName, StringComparer.Ordinal);

    private static readonly FrozenSet<string> KnownButUnsupported = new[]
    {
        "U16", "U32", "U64", "C64", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F4", "F6_E2M3", "F6_E3M2",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The name in the file header, e.g. <c>BF16</c>.</summary>
    public static string WireName(this SafetensorsDataType dataType) => dataType.ToString().ToUpperInvariant();

    /// <summary>Bytes per element.</summary>
    public static int ByteSize(this SafetensorsDataType dataType) => dataType switch
    {
        SafetensorsDataType.Bool or SafetensorsDataType.U8 or SafetensorsDataType.I8 => 1,
        SafetensorsDataType.I16 or SafetensorsDataType.F16 or SafetensorsDataType.BF16 => 2,
        SafetensorsDataType.I32 or SafetensorsDataType.F32 => 4,
        SafetensorsDataType.I64 or SafetensorsDataType.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(dataType), dataType, "Not a safetensors data type."),
    };

    /// <summary>The tensor type with the same bytes.</summary>
    public static torch.ScalarType ToScalarType(this SafetensorsDataType dataType) => dataType switch
    {
        SafetensorsDataType.Bool => torch.ScalarType.Bool,
        SafetensorsDataType.U8 => torch.ScalarType.Byte,
        SafetensorsDataType.I8 => torch.ScalarType.Int8,
        SafetensorsDataType.I16 => torch.ScalarType.Int16,
        SafetensorsDataType.I32 => torch.ScalarType.Int32,
        SafetensorsDataType.I64 => torch.ScalarType.Int64,
        SafetensorsDataType.F16 => torch.ScalarType.Float16,
        SafetensorsDataType.BF16 => torch.ScalarType.BFloat16,
        SafetensorsDataType.F32 => torch.ScalarType.Float32,
        SafetensorsDataType.F64 => torch.ScalarType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(dataType), dataType, "Not a safetensors data type."),
    };

    /// <summary>The file type with the same bytes.</summary>
    /// <exception cref="NotSupportedException">Complex and quantised tensors have none.</exception>
    public static SafetensorsDataType ToSafetensors(this torch.ScalarType scalarType) => scalarType switch
    {
        torch.ScalarType.Bool => SafetensorsDataType.Bool,
        torch.ScalarType.Byte => SafetensorsDataType.U8,
        torch.ScalarType.Int8 => SafetensorsDataType.I8,
        torch.ScalarType.Int16 => SafetensorsDataType.I16,
        torch.ScalarType.Int32 => SafetensorsDataType.I32,
        torch.ScalarType.Int64 => SafetensorsDataType.I64,
        torch.ScalarType.Float16 => SafetensorsDataType.F16,
        torch.ScalarType.BFloat16 => SafetensorsDataType.BF16,
        torch.ScalarType.Float32 => SafetensorsDataType.F32,
        torch.ScalarType.Float64 => SafetensorsDataType.F64,
        _ => throw new NotSupportedException(
            $"Tensors of type {scalarType} cannot be written to a safetensors file; convert them to a real or integer type first."),
    };

    internal static bool TryParse(string wireName, out SafetensorsDataType dataType) => ByWireName.TryGetValue(wireName, out dataType);

    /// <summary>Whether the format defines <paramref name="wireName"/> although it cannot be read here.</summary>
    internal static bool IsKnownButUnsupported(string wireName) => KnownButUnsupported.Contains(wireName);
}
