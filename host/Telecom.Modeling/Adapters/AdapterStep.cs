namespace Telecom.Modeling.Adapters;

/// <summary>A step of the optimiser.</summary>
/// <param name="Index">Number of the step, from 0.</param>
/// <param name="Total">Steps of the whole run.</param>
public readonly record struct AdapterStep(long Index, long Total)
{
    /// <summary>Share of the run that lies behind when the step is done, in (0, 1].</summary>
    public double Progress => Total > 0 ? Math.Min(1.0, (Index + 1.0) / Total) : 1;
}
