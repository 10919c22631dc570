using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Serving;

/// <summary>How elements of tensors lie in memory.</summary>
public static class TensorElements
{
    /// <returns>Whether a tensor has the type, the rank, the fixed dimensions and the length of its description, and that many rows.</returns>
    public static bool Fit(TensorValue value, TensorSpec spec, int rows)
    {
        if (value.Shape.Count != spec.Shape.Count || value.Data.GetType().GetElementType() != TypeOf(spec.DataType) || value.Shape[0] != rows)
        {
            return false;
        }

        var count = 1L;
        for (var i = 0; i < spec.Shape.Count; i++)
        {
            if (value.Shape[i] < 0 || (spec.Shape[i] >= 0 && spec.Shape[i] != value.Shape[i]))
            {
                return false;
            }

            count *= value.Shape[i];
        }

        return count == value.Data.Length;
    }

    /// <returns>The element type of the array that holds the data.</returns>
    public static Type TypeOf(TensorDataType type) => type switch
    {
        TensorDataType.Bool => typeof(bool),
        TensorDataType.UInt8 => typeof(byte),
        TensorDataType.UInt16 or TensorDataType.Bf16 => typeof(ushort),
        TensorDataType.UInt32 => typeof(uint),
        TensorDataType.UInt64 => typeof(ulong),
        TensorDataType.Int8 => typeof(sbyte),
        TensorDataType.Int16 => typeof(short),
        TensorDataType.Int32 => typeof(int),
        TensorDataType.Int64 => typeof(long),
        TensorDataType.Fp16 => typeof(Half),
        TensorDataType.Fp32 => typeof(float),
        TensorDataType.Fp64 => typeof(double),
        TensorDataType.Bytes => typeof(byte[]),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such datatype."),
    };
}
