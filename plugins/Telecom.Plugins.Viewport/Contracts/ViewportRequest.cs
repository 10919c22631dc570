namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>
/// One question: where will the viewer look next? The history lies on a uniform grid already; <see cref="HistoryGrid"/> makes it so.
/// </summary>
public sealed record ViewportRequest
{
    /// <summary>Axes of one sample, in the order roll, pitch, yaw.</summary>
    public const int Axes = 3;

    /// <summary>Samples that <see cref="WindowSamples"/> covers unless somebody says otherwise: 2 s at 5 Hz.</summary>
    public const int DefaultWindowSamples = 10;

    /// <summary>
    /// Past orientations in degrees, [n, 3] time-major, oldest first, 1 ≤ n ≤ 100. Roll and yaw in [-180, 180], pitch in [-90, 90].
    /// </summary>
    public required ReadOnlyMemory<float> HistoryDegrees { get; init; }

    /// <summary>Rate of the history and of the answer in hertz.</summary>
    public required double RateHz { get; init; }

    /// <summary>Samples to predict, 1 to 100.</summary>
    public required int Steps { get; init; }

    /// <summary>Time of the last history sample in seconds of the caller's clock.</summary>
    public required double LastTimeSeconds { get; init; }

    /// <summary>
    /// Most recent samples that a method without a window of its own fits to; a shorter history is used whole. A learned method takes the window
    /// it was trained with from <see cref="HistoryDegrees"/> instead.
    /// </summary>
    public int WindowSamples { get; init; } = DefaultWindowSamples;

    /// <summary>Direction of the content's front in degrees of yaw; null when unknown.</summary>
    public float? FrontYawDegrees { get; init; }

    /// <summary>Dataset the viewer belongs to, e.g. <c>jin2022</c>; null when unknown.</summary>
    public string? Dataset { get; init; }

    /// <summary>Video number within <see cref="Dataset"/>; null when unknown.</summary>
    public int? Video { get; init; }

    /// <summary>Number of history samples n.</summary>
    public int HistoryLength => HistoryDegrees.Length / Axes;

    /// <summary>The most recent <paramref name="samples"/> samples, [min(samples, n), 3], oldest first.</summary>
    public ReadOnlySpan<float> Latest(int samples)
    {
        var history = HistoryDegrees.Span;
        return history[Math.Max(0, history.Length - (samples * Axes))..];
    }
}
