using System.Runtime.InteropServices;
using Telecom.Modeling.Checkpoints;

namespace Telecom.Modeling.Bundles;

/// <summary>One tensor of a file in plain memory.</summary>
/// <param name="DataType">Element type of the bytes.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Bytes">Row-major, little-endian.</param>
internal sealed record StagedTensor(SafetensorsDataType DataType, long[] Shape, byte[] Bytes)
{
    // Exponent bits of bfloat16: all of them set means infinity or not a number.
    private const int BFloat16Exponent = 0x7F80;

    /// <summary>Number of elements.</summary>
    public long ElementCount => Bytes.LongLength / DataType.ByteSize();

    /// <summary>Whether no element is infinite or not a number.</summary>
    public bool IsFinite() => DataType switch
    {
        SafetensorsDataType.F32 => All<float>(float.IsFinite),
        SafetensorsDataType.F64 => All<double>(double.IsFinite),
        SafetensorsDataType.F16 => All<Half>(Half.IsFinite),
        SafetensorsDataType.BF16 => All<ushort>(bits => (bits & BFloat16Exponent) != BFloat16Exponent),
        _ => true,
    };

    private bool All<T>(Predicate<T> isFinite)
        where T : struct
    {
        foreach (var value in MemoryMarshal.Cast<byte, T>(Bytes))
        {
            if (!isFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
