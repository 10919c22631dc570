using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>Forecasts [F, 3] in degrees, compared and moved on the circle.</summary>
internal static class Degrees
{
    public const int Yaw = 2;

    /// <summary>Largest circular difference of any element.</summary>
    public static double Distance(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Assert.Equal(left.Length, right.Length);
        var largest = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            // Not Math.Max alone: it must not hide a NaN.
            var distance = Math.Abs(Angles.Wrap((double)left[i] - right[i]));
            Assert.True(double.IsFinite(distance), $"element {i}: {left[i]} against {right[i]}");
            largest = Math.Max(largest, distance);
        }

        return largest;
    }

    /// <summary>The same, over one forecast per request.</summary>
    public static double Distance(float[][] left, float[][] right)
    {
        Assert.Equal(left.Length, right.Length);
        return left.Zip(right, (one, other) => Distance(one, other)).Max();
    }

    /// <summary>Turned by <paramref name="degrees"/> about the vertical.</summary>
    public static float[] Turn(ReadOnlySpan<float> orientations, float degrees) =>
        Map(orientations, (value, axis) => axis == Yaw ? Angles.Wrap(value + degrees) : value);

    /// <summary>Left for right: roll and yaw change sign.</summary>
    public static float[] Mirror(ReadOnlySpan<float> orientations) => Map(orientations, (value, axis) => axis == 1 ? value : -value);

    public static ViewportRequest With(this ViewportRequest request, Func<ReadOnlySpan<float>, float[]> change) =>
        request with { HistoryDegrees = change(request.HistoryDegrees.Span) };

    private static float[] Map(ReadOnlySpan<float> orientations, Func<float, int, float> change)
    {
        var changed = new float[orientations.Length];
        for (var i = 0; i < changed.Length; i++)
        {
            changed[i] = change(orientations[i], i % ViewportRequest.Axes);
        }

        return changed;
    }
}
