using Telecom.Plugins.Viewport.Contracts;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport;

/// <summary>
/// Errors of one predicted window in degrees. Every column is a mean over the window's elements, so that means over windows, which all have the same
/// size, are the pooled figures.
/// </summary>
internal static class WindowErrors
{
    /// <summary>Mean of min(|g − p|, |g + 360 − p|, |g − 360 − p|) over steps and axes: the error NetLLM reports, on raw predictions.</summary>
    public const int MaeRef = 0;

    /// <summary>Mean of |wrap(g − p)| over steps and axes.</summary>
    public const int MaeCircular = 1;

    /// <summary>Mean of wrap(g − p)² over steps and axes.</summary>
    public const int MseCircular = 2;

    /// <summary>Mean angle between the viewing directions; roll plays no part.</summary>
    public const int GreatCircle = 3;

    /// <summary>Mean of (g − p)² over steps and axes, without any wrap, as the reference computes it.</summary>
    public const int MseRef = 4;

    /// <summary>First of three columns: <see cref="MaeRef"/> per axis in the order roll, pitch, yaw.</summary>
    public const int MaeRefPerAxis = 5;

    /// <summary>First of four columns: <see cref="MaeCircular"/> of the single step 1, 2, 3 and 4 s ahead; NaN beyond the horizon.</summary>
    public const int MaeCircularAtSecond = 8;

    /// <summary>Mean share of a 100° × 100° field of view, taken in the plane of yaw and pitch, that prediction and truth have in common.</summary>
    public const int FieldOfViewOverlap = 12;

    /// <summary>Number of columns.</summary>
    public const int Columns = 13;

    private const int Axes = ViewportRequest.Axes;
    private const int Seconds = 4;
    private const double FieldOfViewDegrees = 100.0;

    /// <summary>Measures one window.</summary>
    /// <param name="predicted">[F, 3] raw predictions in degrees.</param>
    /// <param name="truth">[F, 3] true orientations in degrees.</param>
    /// <param name="rateHz">Rate of the steps.</param>
    /// <param name="errors">[<see cref="Columns"/>] receives the errors.</param>
    public static void Measure(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth, double rateHz, Span<double> errors)
    {
        errors.Clear();
        errors.Slice(MaeCircularAtSecond, Seconds).Fill(double.NaN);
        var steps = truth.Length / Axes;
        for (var step = 0; step < steps; step++)
        {
            MeasureStep(predicted.Slice(step * Axes, Axes), truth.Slice(step * Axes, Axes), errors);
        }

        foreach (ref var perElement in errors[..GreatCircle])
        {
            perElement /= truth.Length;
        }

        errors[GreatCircle] /= steps;
        errors[MseRef] /= truth.Length;
        foreach (ref var perAxis in errors.Slice(MaeRefPerAxis, Axes))
        {
            perAxis /= steps;
        }

        errors[FieldOfViewOverlap] /= steps;
        MeasureSeconds(predicted, truth, rateHz, errors.Slice(MaeCircularAtSecond, Seconds));
    }

    /// <returns>Sum of <see cref="Reference"/> over all elements of a window.</returns>
    public static double SumReference(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth)
    {
        var sum = 0.0;
        for (var i = 0; i < truth.Length; i++)
        {
            sum += Reference(predicted[i], truth[i]);
        }

        return sum;
    }

    /// <summary>Element error of the reference: one period is forgiven, further ones are charged.</summary>
    public static double Reference(double predicted, double truth) =>
        Math.Min(Math.Abs(truth - predicted), Math.Min(Math.Abs(truth + 360 - predicted), Math.Abs(truth - 360 - predicted)));

    /// <summary>Element error on the circle.</summary>
    public static double Circular(double predicted, double truth) => Math.Abs(Angles.Wrap(truth - predicted));

    private static void MeasureStep(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth, Span<double> errors)
    {
        for (var axis = 0; axis < Axes; axis++)
        {
            var reference = Reference(predicted[axis], truth[axis]);
            var circular = Circular(predicted[axis], truth[axis]);
            var plain = (double)truth[axis] - predicted[axis];
            errors[MaeRef] += reference;
            errors[MaeCircular] += circular;
            errors[MseCircular] += circular * circular;
            errors[MseRef] += plain * plain;
            errors[MaeRefPerAxis + axis] += reference;
        }

        errors[GreatCircle] += Angles.GreatCircle(predicted[1], predicted[2], truth[1], truth[2]);
        errors[FieldOfViewOverlap] += Covered(predicted[1], truth[1]) * Covered(predicted[2], truth[2]);
    }

    private static double Covered(double predicted, double truth) =>
        Math.Max(0, FieldOfViewDegrees - Circular(predicted, truth)) / FieldOfViewDegrees;

    private static void MeasureSeconds(ReadOnlySpan<float> predicted, ReadOnlySpan<float> truth, double rateHz, Span<double> atSecond)
    {
        for (var second = 1; second <= Seconds; second++)
        {
            var at = ((int)Math.Round(second * rateHz) - 1) * Axes;
            if (at < 0 || at >= truth.Length)
            {
                continue;
            }

            atSecond[second - 1] = 0;
            for (var axis = 0; axis < Axes; axis++)
            {
                atSecond[second - 1] += Circular(predicted[at + axis], truth[at + axis]) / Axes;
            }
        }
    }
}
