namespace Telecom.Modeling.Measurement;

/// <summary>Something to measure.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Run">One repetition; it frees what it makes.</param>
/// <param name="Target">Throughput it should have at least, as a multiple of the first case's; null where nothing is asked.</param>
internal sealed record MeasuredCase(string Name, Action Run, double? Target = null)
{
    /// <summary>Part of the work of the first case that one repetition does; the rest is extrapolated.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Further figures, asked for after the measurement.</summary>
    public Func<string>? Note { get; init; }
}
