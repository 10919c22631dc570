using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport.Methods.Learned;

/// <summary>
/// What the learned methods see of a history: motion relative to the last sample, so that yaw as such does not matter; pitch and roll, whose limits
/// do; and yaw relative to the content's front where that is known.
/// </summary>
/// <remarks>
/// Per sample i of the window: (h_i − h_H)/30°, (h_i − h_(i−1))/10°, pitch_i/90°, roll_i/90°, sin and cos of yaw_i − front. Differences are
/// wrapped. An unknown front gives (0, 0) instead of sin and cos, which no direction has.
/// </remarks>
internal static class MotionFeatures
{
    /// <summary>Degrees of displacement per unit of a model's output.</summary>
    public const float DisplacementScale = 30f;

    /// <summary>Features per history sample.</summary>
    public const int PerSample = 10;

    /// <summary>First of the two front-relative features.</summary>
    public const int Front = 8;

    private const float StepScale = 10f;
    private const float TiltScale = 90f;

    /// <summary>Sign of every feature in the mirror image left for right: roll, yaw and the sine change sign, pitch and the cosine stay.</summary>
    public static ReadOnlySpan<float> MirrorSigns => [-1, 1, -1, -1, 1, -1, 1, -1, -1, 1];

    /// <summary>Computes the features of one history.</summary>
    /// <param name="history">[H, 3] degrees, oldest first.</param>
    /// <param name="frontYawDegrees">Direction of the content's front; null when unknown.</param>
    /// <param name="features">[H, 10], written.</param>
    public static void Write(ReadOnlySpan<float> history, double? frontYawDegrees, Span<float> features)
    {
        var last = history[^ViewportRequest.Axes..];
        for (var start = 0; start < history.Length; start += ViewportRequest.Axes)
        {
            var now = history.Slice(start, ViewportRequest.Axes);
            var before = start == 0 ? now : history.Slice(start - ViewportRequest.Axes, ViewportRequest.Axes);
            var row = features.Slice(start / ViewportRequest.Axes * PerSample, PerSample);
            for (var axis = 0; axis < ViewportRequest.Axes; axis++)
            {
                row[axis] = Angles.Wrap(now[axis] - last[axis]) / DisplacementScale;
                row[ViewportRequest.Axes + axis] = Angles.Wrap(now[axis] - before[axis]) / StepScale;
            }

            row[6] = now[1] / TiltScale;
            row[7] = now[0] / TiltScale;
            (row[Front], row[Front + 1]) = frontYawDegrees is { } front ? Direction(now[2] - front) : (0f, 0f);
        }
    }

    /// <summary>Mirrors features left for right.</summary>
    /// <param name="features">[n, 10].</param>
    /// <param name="mirrored">[n, 10], written.</param>
    public static void WriteMirror(ReadOnlySpan<float> features, Span<float> mirrored)
    {
        for (var i = 0; i < features.Length; i++)
        {
            mirrored[i] = MirrorSigns[i % PerSample] * features[i];
        }
    }

    /// <summary>Target of training: wrapped displacement of every future sample from the last one, in units of 30°.</summary>
    /// <param name="last">Last history sample, 3 values in degrees.</param>
    /// <param name="future">[F, 3] degrees.</param>
    /// <param name="displacements">[F, 3], written.</param>
    public static void WriteTargets(ReadOnlySpan<float> last, ReadOnlySpan<float> future, Span<float> displacements)
    {
        for (var i = 0; i < future.Length; i++)
        {
            displacements[i] = Angles.Wrap(future[i] - last[i % ViewportRequest.Axes]) / DisplacementScale;
        }
    }

    private static (float Sine, float Cosine) Direction(double degrees)
    {
        var (sine, cosine) = Math.SinCos(double.DegreesToRadians(degrees));
        return ((float)sine, (float)cosine);
    }
}
