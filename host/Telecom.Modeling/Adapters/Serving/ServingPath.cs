namespace Telecom.Modeling.Adapters.Serving;

/// <summary>How the low-rank parts of several adapters are computed in one forward; all give the same sums.</summary>
public enum ServingPath
{
    /// <summary>Slices of the batch one after the other: two products per adapter, the second added in place.</summary>
    Segmented,

    /// <summary>Two batched products over stacked factors; the frozen product is added onto their result.</summary>
    Gathered,

    /// <summary>Two plain products over the factors of all adapters side by side, with foreign parts masked to zero between them.</summary>
    Masked,
}
