using Telecom.Plugins.Viewport.Contracts;

namespace Telecom.Plugins.Viewport.Methods;

/// <summary>
/// Ordinary least squares per axis over the sample index. The published baseline refits after appending each prediction; a point on the fitted line
/// leaves the fit unchanged, so one closed form gives the same: b = Σ (i − c) y_i / (H (H² − 1) / 12), p_k = mean(y) + b (c + k), c = (H − 1) / 2.
/// </summary>
internal sealed class LinearRegression(bool unwrap = false) : LinearTrend(unwrap)
{
    protected override void Fit(ReadOnlySpan<double> track, Span<double> origin, Span<double> slope)
    {
        var samples = track.Length / ViewportRequest.Axes;
        var centre = (samples - 1) / 2.0;
        var spread = samples * (((double)samples * samples) - 1) / 12.0;
        origin.Clear();
        slope.Clear();
        for (int at = 0, i = 0; at < track.Length; at += ViewportRequest.Axes, i++)
        {
            for (var axis = 0; axis < ViewportRequest.Axes; axis++)
            {
                origin[axis] += track[at + axis];
                slope[axis] += (i - centre) * track[at + axis];
            }
        }

        for (var axis = 0; axis < ViewportRequest.Axes; axis++)
        {
            slope[axis] = samples > 1 ? slope[axis] / spread : 0.0;
            origin[axis] = (origin[axis] / samples) + (slope[axis] * centre);
        }
    }
}
