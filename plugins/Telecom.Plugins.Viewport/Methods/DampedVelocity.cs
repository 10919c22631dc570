using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Methods;

/// <summary>
/// p_k = h_H + v · Σ_{i=1..k} aⁱ with v = wrap(h_H − h_{H−1}): the last move fades away. a = 0.5 was chosen on Jin2022 valid. The forecast stays
/// raw as that of every other method, which is what the recorded unwrapped RMSE was taken on.
/// </summary>
internal sealed class DampedVelocity : IMethod<ViewportRequest, ViewportForecast>
{
    private const double Damping = 0.5;

    public void Predict(ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results)
    {
        Span<double> velocity = stackalloc double[ViewportRequest.Axes];
        for (var i = 0; i < batch.Length; i++)
        {
            results[i] = Predict(batch[i], velocity);
        }
    }

    private static ViewportForecast Predict(ViewportRequest request, Span<double> velocity)
    {
        var latest = request.Latest(2);
        var last = latest[^ViewportRequest.Axes..];
        for (var axis = 0; axis < ViewportRequest.Axes; axis++)
        {
            // With a single sample both ends are the same one and the velocity is 0.
            velocity[axis] = Angles.Wrap((double)last[axis] - latest[axis]);
        }

        var raw = new float[request.Steps * ViewportRequest.Axes];
        var power = 1.0;
        var reach = 0.0;
        for (var at = 0; at < raw.Length; at += ViewportRequest.Axes)
        {
            power *= Damping;
            reach += power;
            for (var axis = 0; axis < ViewportRequest.Axes; axis++)
            {
                raw[at + axis] = (float)(last[axis] + (velocity[axis] * reach));
            }
        }

        return ViewportForecast.For(request, raw);
    }
}
