namespace Telecom.Modeling.Training;

/// <summary>Numbers of <see cref="Frugal"/>.</summary>
internal sealed record FrugalOptions
{
    /// <summary>ρ: share of the columns that AdamW updates, in (0, 1].</summary>
    public double Density { get; init; } = 0.25;

    /// <summary>T: steps until other columns are chosen.</summary>
    public int Period { get; init; } = 200;

    /// <summary>c: rate of the other columns as a multiple of the learning rate.</summary>
    public double SignRate { get; init; } = 1;

    /// <summary>Seed of the choices.</summary>
    public ulong Seed { get; init; }
}
