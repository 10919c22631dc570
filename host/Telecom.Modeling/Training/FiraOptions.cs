namespace Telecom.Modeling.Training;

/// <summary>Numbers of <see cref="Fira"/>.</summary>
/// <param name="Rank">Rank of the projection.</param>
/// <param name="Gap">Steps between two projections.</param>
/// <param name="Growth">γ: factor by which the norm of the part beside the projection may grow per step.</param>
internal sealed record FiraOptions(int Rank, int Gap = 200, double Growth = 1.01);
