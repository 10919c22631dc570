namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>Three numbers, how many steps to predict, and how the method shall misbehave.</summary>
public sealed record ToyRequest
{
    public required double[] X { get; init; }

    public int? Steps { get; init; }

    public string? Mode { get; init; }

    public static ToyRequest Of(double first, int steps = 1, string? mode = null) => new() { X = [first, 0.5, -1], Steps = steps, Mode = mode };
}
