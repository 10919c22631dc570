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
}
