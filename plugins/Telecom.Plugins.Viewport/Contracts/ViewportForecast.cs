using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>Predicted orientations, one per step of the request's grid.</summary>
/// <remarks>
/// Values stay as the method computed them: extrapolating methods run past ±180° and the reference metric charges them for it. Whoever shows a
/// forecast wraps it with <see cref="Wrapped"/>; the wire form does.
/// </remarks>
public sealed record ViewportForecast
{
    /// <summary>Raw predictions in degrees, [F, 3] time-major: roll, pitch, yaw.</summary>
    public required ReadOnlyMemory<float> RawDegrees { get; init; }

    /// <summary>Rate of the steps in hertz.</summary>
    public required double RateHz { get; init; }

    /// <summary>Time of the first step in seconds of the caller's clock.</summary>
    public required double FirstTimeSeconds { get; init; }

    /// <summary>Number of steps F.</summary>
    public int Steps => RawDegrees.Length / ViewportRequest.Axes;

    /// <summary>An answer to <paramref name="request"/> on its grid.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rawDegrees">[Steps, 3] predictions in degrees; the forecast keeps the array.</param>
    public static ViewportForecast For(ViewportRequest request, float[] rawDegrees) => new()
    {
        RawDegrees = rawDegrees,
        RateHz = request.RateHz,
        FirstTimeSeconds = request.LastTimeSeconds + (1.0 / request.RateHz),
    };

    /// <summary>
    /// Orientation of one step that a player can use: roll and yaw in (-180, 180], pitch held at the poles, because a head that tilts back stops
    /// there.
    /// </summary>
    public (float Roll, float Pitch, float Yaw) Wrapped(int step)
    {
        var raw = RawDegrees.Span.Slice(step * ViewportRequest.Axes, ViewportRequest.Axes);
        return (Angles.Wrap(raw[0]), Math.Clamp(raw[1], -90f, 90f), Angles.Wrap(raw[2]));
    }
}
