using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;

namespace Telecom.Plugins.Viewport.Methods;

/// <summary>p_k = h_H: the head stays where it is. The strongest simple baseline, and what every learned method has to beat.</summary>
internal sealed class Hold : IMethod<ViewportRequest, ViewportForecast>
{
    public void Predict(ReadOnlySpan<ViewportRequest> batch, Span<ViewportForecast> results)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            var request = batch[i];
            var raw = new float[request.Steps * ViewportRequest.Axes];
            var last = request.Latest(1);
            for (var at = 0; at < raw.Length; at += ViewportRequest.Axes)
            {
                last.CopyTo(raw.AsSpan(at));
            }

            results[i] = ViewportForecast.For(request, raw);
        }
    }
}
