using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Methods;

namespace Telecom.Plugins.Viewport.Tests.Support;

/// <summary>Requests and forecasts in the shape tests think in.</summary>
internal static class Requests
{
    public const int Axes = ViewportRequest.Axes;

    /// <summary>A request whose three axes are all <paramref name="values"/>.</summary>
    public static ViewportRequest OneAxis(int steps, params ReadOnlySpan<float> values)
    {
        var history = new float[values.Length * Axes];
        for (var i = 0; i < history.Length; i++)
        {
            history[i] = values[i / Axes];
        }

        return Of(history, steps);
    }

    /// <param name="history">[n, 3] roll, pitch, yaw.</param>
    /// <param name="steps">Steps to predict.</param>
    public static ViewportRequest Of(float[] history, int steps) => new()
    {
        HistoryDegrees = history,
        RateHz = 5,
        Steps = steps,
        LastTimeSeconds = 2,
        WindowSamples = history.Length / Axes,
    };

    public static ViewportForecast Predict(string method, ViewportRequest request) => Predict(Analytic(method), request);

    public static ViewportForecast Predict(IMethod<ViewportRequest, ViewportForecast> method, ViewportRequest request)
    {
        var results = new ViewportForecast[1];
        method.Predict([request], results);
        return results[0];
    }

    public static IMethod<ViewportRequest, ViewportForecast> Analytic(string method) => Benchmarks.Task.MethodDefinition(method).Analytic!;

    /// <summary>Raw value of step k = 1, 2, ….</summary>
    public static float At(this ViewportForecast forecast, int k, int axis = 0) => forecast.RawDegrees.Span[((k - 1) * Axes) + axis];
}
