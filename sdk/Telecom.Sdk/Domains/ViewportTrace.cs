namespace Telecom.Sdk.Domains;

/// <summary>Head orientation of one viewer of one 360-degree video, sampled on a nominal grid.</summary>
/// <remarks>
/// Columns have equal length. Roll and yaw lie in [-180, 180] degrees, pitch in [-90, 90] degrees. Times are seconds of the recording session:
/// they need not start at zero and may have gaps.
/// </remarks>
public sealed record ViewportTrace
{
    /// <summary>Id of the dataset the trace comes from, e.g. <c>jin2022</c>.</summary>
    public required string Dataset { get; init; }

    /// <summary>Video number within the dataset.</summary>
    public required int Video { get; init; }

    /// <summary>Viewer number within the dataset.</summary>
    public required int User { get; init; }

    /// <summary>Nominal sampling rate in hertz.</summary>
    public required double RateHz { get; init; }

    /// <summary>Session time of each sample in seconds.</summary>
    public required ReadOnlyMemory<double> TimesSeconds { get; init; }

    /// <summary>Roll of each sample in degrees.</summary>
    public required ReadOnlyMemory<float> RollDegrees { get; init; }

    /// <summary>Pitch of each sample in degrees.</summary>
    public required ReadOnlyMemory<float> PitchDegrees { get; init; }

    /// <summary>Yaw of each sample in degrees.</summary>
    public required ReadOnlyMemory<float> YawDegrees { get; init; }

    /// <summary>Number of samples.</summary>
    public int Length => TimesSeconds.Length;
}
