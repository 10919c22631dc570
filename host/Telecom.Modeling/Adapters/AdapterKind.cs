namespace Telecom.Modeling.Adapters;

/// <summary>What an adapter does to a linear layer y = Wx + b, which decides how rows of several adapters are served together.</summary>
public enum AdapterKind
{
    /// <summary>y += B(Ax): gathered factors serve a mixed batch.</summary>
    LowRank,

    /// <summary>y = g (Wx + BAx) + b with one g per output: as <see cref="LowRank"/>, with a scale per row and output.</summary>
    ScaledLowRank,

    /// <summary>y += Sx with few values in S.</summary>
    Sparse,

    /// <summary>y += Mᵀ times the sum of the blocks of x.</summary>
    Block,

    /// <summary>y += Dx with a dense D: rows are grouped by adapter.</summary>
    Weight,

    /// <summary>A mixture of low-rank experts, chosen token by token.</summary>
    Routed,
}
