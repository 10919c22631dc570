namespace Telecom.Modeling.Bases;

/// <summary>Element type in which a base computes, whatever its file holds.</summary>
/// <remarks>Softmax, the statistics of norms and rotary angles are float32 or wider in every case.</remarks>
public enum BasePrecision
{
    /// <summary>
    /// float32: the default, and what the shipped base and the bundles of the tasks always use, so that their published figures do not depend on the
    /// machine.
    /// </summary>
    Float32,

    /// <summary>bfloat16.</summary>
    BFloat16,

    /// <summary>bfloat16 where a short measurement shows that this machine multiplies it faster, float32 elsewhere. Never float16, which is slower than both on CPUs.</summary>
    Auto,
}
