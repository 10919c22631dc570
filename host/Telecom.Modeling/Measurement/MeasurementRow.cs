namespace Telecom.Modeling.Measurement;

/// <summary>One case.</summary>
/// <param name="Case">What ran.</param>
/// <param name="MedianMs">Median over the rounds, milliseconds of processor time.</param>
/// <param name="MinMs">Least over the rounds, milliseconds of processor time.</param>
/// <param name="Ratio">Throughput over that of the first case: median of the ratios within each round.</param>
/// <param name="Target">What the ratio should be at least; null where nothing is asked.</param>
/// <param name="Note">Further figures; null for none.</param>
public sealed record MeasurementRow(string Case, double MedianMs, double MinMs, double Ratio, double? Target, string? Note = null)
{
    /// <summary>Median over the rounds, microseconds of processor time per operation; null where operations are not counted.</summary>
    public double? MicrosecondsPerOperation { get; init; }

    /// <summary>What an operation should take at most, microseconds; null where nothing is asked.</summary>
    public double? TargetMicroseconds { get; init; }

    /// <summary>Bytes allocated per operation; null where they are not counted.</summary>
    public double? AllocatedBytesPerOperation { get; init; }

    /// <summary>What an operation may allocate; null where nothing is asked.</summary>
    public double? AllowedBytesPerOperation { get; init; }

    /// <summary>Whether all targets are met; null where there is none.</summary>
    public bool? IsMet => Target is null && TargetMicroseconds is null && AllowedBytesPerOperation is null
        ? null
        : !(Ratio < Target) && !(MicrosecondsPerOperation > TargetMicroseconds) && !(AllocatedBytesPerOperation > AllowedBytesPerOperation);
}
