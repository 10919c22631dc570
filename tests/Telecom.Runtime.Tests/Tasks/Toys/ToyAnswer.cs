namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>One number per step.</summary>
public sealed record ToyAnswer
{
    public required double[] Y { get; init; }
}
