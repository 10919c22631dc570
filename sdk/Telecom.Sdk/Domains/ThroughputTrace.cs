namespace Telecom.Sdk.Domains;

/// <summary>Capacity of one network path over time, as piecewise constant segments.</summary>
/// <remarks>
/// Columns have equal length n ≥ 2 and times increase strictly. The value at index i ≥ 1 holds on the half-open interval (t[i−1], t[i]]; the value at
/// index 0 means nothing. Zero capacity is common: an outage.
/// </remarks>
public sealed record ThroughputTrace
{
    /// <summary>Set the trace belongs to, e.g. <c>train</c> or <c>fcc-test</c>; empty for a trace on its own.</summary>
    public required string Set { get; init; }

    /// <summary>Name within the set.</summary>
    public required string Name { get; init; }

    /// <summary>End of each segment in seconds, 0 or above, strictly increasing.</summary>
    public required ReadOnlyMemory<double> TimesSeconds { get; init; }

    /// <summary>Capacity of the segment that ends at each time, in Mbit/s, 0 or above.</summary>
    public required ReadOnlyMemory<double> CapacityMbps { get; init; }

    /// <summary>Index of the segment a session starts in, 1 to n − 1; null where the data set names none.</summary>
    public int? StartPointer { get; init; }

    /// <summary>Number of points n.</summary>
    public int Length => TimesSeconds.Length;
}
