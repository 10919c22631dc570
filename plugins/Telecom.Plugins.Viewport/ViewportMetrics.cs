using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Viewport;

/// <summary>The metrics of the viewport benchmark, in report order.</summary>
internal static class ViewportMetrics
{
    private const string Degrees = "deg";

    /// <summary>All metrics.</summary>
    public static IReadOnlyList<ViewportMetric> All { get; } =
    [
        Mean(
            "mae_ref",
            WindowErrors.MaeRef,
            "mean absolute error over steps and axes as NetLLM computes it: one period of 360° is forgiven, predictions are not wrapped"),
        Mean("mae_circular", WindowErrors.MaeCircular, "mean absolute error on the circle over steps and axes"),
        RootMean("rmse_circular", WindowErrors.MseCircular, "root mean square error on the circle over steps and axes"),
        Mean("great_circle_deg", WindowErrors.GreatCircle, "mean angle between predicted and true viewing direction; roll ignored"),
        RootMean("rmse_ref", WindowErrors.MseRef, "root mean square error without any wrap, as the reference reports it"),
        Mean("mae_ref_roll", WindowErrors.MaeRefPerAxis, "mae_ref of roll alone"),
        Mean("mae_ref_pitch", WindowErrors.MaeRefPerAxis + 1, "mae_ref of pitch alone"),
        Mean("mae_ref_yaw", WindowErrors.MaeRefPerAxis + 2, "mae_ref of yaw alone"),
        Mean("mae_circular_1s", WindowErrors.MaeCircularAtSecond, "mae_circular of the step 1 s ahead"),
        Mean("mae_circular_2s", WindowErrors.MaeCircularAtSecond + 1, "mae_circular of the step 2 s ahead"),
        Mean("mae_circular_3s", WindowErrors.MaeCircularAtSecond + 2, "mae_circular of the step 3 s ahead"),
        Mean("mae_circular_4s", WindowErrors.MaeCircularAtSecond + 3, "mae_circular of the step 4 s ahead"),
        Quantile("mae_ref_median", 0.5, "median over windows of mae_ref"),
        Quantile("mae_ref_p90", 0.9, "90 % quantile over windows of mae_ref"),
        new(
            new(
                "fov_overlap",
                string.Empty,
                LowerIsBetter: false,
                "mean share of a 100° × 100° field of view that is predicted right, in the yaw-pitch plane"),
            WindowErrors.FieldOfViewOverlap,
            SampleStatistics.Mean),
    ];

    private static ViewportMetric Mean(string name, int column, string description) =>
        new(new(name, Degrees, LowerIsBetter: true, description), column, SampleStatistics.Mean);

    private static ViewportMetric RootMean(string name, int column, string description) =>
        new(new(name, Degrees, LowerIsBetter: true, description), column, static squares => Math.Sqrt(SampleStatistics.Mean(squares)));

    private static ViewportMetric Quantile(string name, double probability, string description) =>
        new(
            new(name, Degrees, LowerIsBetter: true, description),
            WindowErrors.MaeRef,
            errors => SampleStatistics.Quantile(errors, probability),
            IsPerWindow: false);
}
