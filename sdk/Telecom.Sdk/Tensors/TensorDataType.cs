namespace Telecom.Sdk.Tensors;

/// <summary>Datatypes of the Open Inference Protocol that a task can declare.</summary>
public enum TensorDataType
{
    /// <summary>One byte per element, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8,

    /// <summary>32-bit integer.</summary>
    Int32,

    /// <summary>64-bit integer.</summary>
    Int64,

    /// <summary>32-bit IEEE 754.</summary>
    Fp32,

    /// <summary>64-bit IEEE 754.</summary>
    Fp64,

    /// <summary>Byte strings of any length.</summary>
    Bytes,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64,

    /// <summary>8-bit integer.</summary>
    Int8,

    /// <summary>16-bit integer.</summary>
    Int16,

    /// <summary>16-bit IEEE 754; on the wire in binary form only.</summary>
    Fp16,

    /// <summary>The upper half of a 32-bit IEEE 754 number; on the wire in binary form only.</summary>
    Bf16,
}
