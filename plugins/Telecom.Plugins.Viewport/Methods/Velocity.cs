using Telecom.Plugins.Viewport.Contracts;

namespace Telecom.Plugins.Viewport.Methods;

/// <summary>p_k = h_H + k · v with v = (h_H − h_1) / (H − 1): the mean velocity of the window goes on.</summary>
internal sealed class Velocity(bool unwrap = false) : LinearTrend(unwrap)
{
    protected override void Fit(ReadOnlySpan<double> track, Span<double> origin, Span<double> slope)
    {
        var last = track[^ViewportRequest.Axes..];
        var intervals = Math.Max(1, (track.Length / ViewportRequest.Axes) - 1);
        for (var axis = 0; axis < ViewportRequest.Axes; axis++)
        {
            origin[axis] = last[axis];
            slope[axis] = (last[axis] - track[axis]) / intervals;
        }
    }
}
