namespace Telecom.Sdk.Json;

/// <summary>Unit, range and meaning of a member; becomes part of the JSON Schema.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class QuantityAttribute(string description) : Attribute
{
    /// <summary>What the member means.</summary>
    public string Description { get; } = description;

    /// <summary>Unit symbol, e.g. <c>deg</c>, <c>s</c>, <c>Mbit/s</c>; empty for pure numbers.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>Smallest allowed value; NaN when unbounded.</summary>
    public double Minimum { get; init; } = double.NaN;

    /// <summary>Largest allowed value; NaN when unbounded.</summary>
    public double Maximum { get; init; } = double.NaN;
}
