using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Methods;

/// <summary>Methods that continue a straight line per axis: p_k = origin + k · slope, in float64 from float32 samples, not wrapped.</summary>
/// <param name="unwrap">
/// Whether the history is first made continuous in time, so that a step across ±180° counts as the small move it is. Without it the methods equal the
/// published baselines, seam errors included.
/// </param>
internal abstract class LinearTrend(bool unwrap) : IMethod<ViewportRequest, ViewportForecast>
{
    public void Predict(ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results)
    {
        Span<double> track = stackalloc double[HistoryGrid.MaximumSamples * ViewportRequest.Axes];
        Span<double> origin = stackalloc double[ViewportRequest.Axes];
        Span<double> slope = stackalloc double[ViewportRequest.Axes];
        for (var i = 0; i < batch.Length; i++)
        {
            var request = batch[i];
            var history = request.Latest(Math.Min(request.WindowSamples, HistoryGrid.MaximumSamples));
            var used = track[..history.Length];
            Copy(history, used);
            Fit(used, origin, slope);
            results[i] = Extrapolate(request, origin, slope);
        }
    }

    /// <summary>Fits the line of every axis.</summary>
    /// <param name="track">[H, 3] degrees, H ≥ 1.</param>
    /// <param name="origin">[3] value of the line at the last sample.</param>
    /// <param name="slope">[3] degrees per step; 0 when H = 1.</param>
    protected abstract void Fit(ReadOnlySpan<double> track, Span<double> origin, Span<double> slope);

    private static ViewportForecast Extrapolate(ViewportRequest request, ReadOnlySpan<double> origin, ReadOnlySpan<double> slope)
    {
        var raw = new float[request.Steps * ViewportRequest.Axes];
        for (int at = 0, k = 1; at < raw.Length; at += ViewportRequest.Axes, k++)
        {
            for (var axis = 0; axis < ViewportRequest.Axes; axis++)
            {
                raw[at + axis] = (float)(origin[axis] + (k * slope[axis]));
            }
        }

        return ViewportForecast.For(request, raw);
    }

    private void Copy(ReadOnlySpan<float> history, Span<double> track)
    {
        for (var i = 0; i < history.Length; i++)
        {
            track[i] = history[i];
        }

        for (var i = ViewportRequest.Axes; unwrap && i < history.Length; i++)
        {
            track[i] = track[i - ViewportRequest.Axes] + Angles.Wrap((double)history[i] - history[i - ViewportRequest.Axes]);
        }
    }
}
