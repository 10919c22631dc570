namespace Telecom.Sdk.Methods;

/// <summary>Low-rank adapter of one method: y = W0 x + (alpha / rank) B A dropout(x) on every targeted linear layer of the base.</summary>
public sealed record AdapterOptions
{
    /// <summary>Rank r of every target.</summary>
    public int Rank { get; init; } = 32;

    /// <summary>Numerator of the scale alpha / r.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Dropout on the adapter's input while training.</summary>
    public double Dropout { get; init; } = 0.05;

    /// <summary>Module names that are adapted in every layer.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["q_proj", "v_proj"];
}
