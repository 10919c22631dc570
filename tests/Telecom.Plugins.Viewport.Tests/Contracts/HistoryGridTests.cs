using Telecom.Plugins.Viewport.Contracts;

namespace Telecom.Plugins.Viewport.Tests.Contracts;

public sealed class HistoryGridTests
{
    // float32 angles below 180 carry 1e-5.
    private const double Angle = 1e-4;

    [Fact]
    public void Samples_on_the_grid_stay_as_they_are()
    {
        var samples = Enumerable.Range(0, 10).Select(i => Sample(100 + (i * 0.2), i, -i, 170 + (2 * i)));

        var yaw = Yaw(samples);

        Assert.Equal([170, 172, 174, 176, 178, 180, -178, -176, -174, -172], yaw, Near);
    }

    [Fact]
    public void Roll_and_yaw_are_interpolated_across_the_seam()
    {
        var history = HistoryGrid.Resample([Sample(0, -178, 10, 176), Sample(0.4, 178, 20, -176)]);

        Assert.Equal([-178, 10, 176, 180, 15, 180, 178, 20, -176], history, Near);
    }

    [Fact]
    public void Faster_samples_are_thinned_to_the_grid_that_ends_at_the_last()
    {
        var samples = Enumerable.Range(0, 61).Select(i => Sample(i / 30.0, 0, 0, 3.0 * i));

        var yaw = Yaw(samples);

        // 3 degrees per 1/30 s are 18 per 0.2 s; the last of 11 rows is sample 60 at 180 degrees.
        Assert.Equal([0, 18, 36, 54, 72, 90, 108, 126, 144, 162, 180], yaw, Near);
    }

    [Fact]
    public void A_grid_that_does_not_meet_the_first_sample_starts_after_it()
    {
        // Rows at 0.05, 0.25 and 0.45 s; the next older one would lie 0.15 s before the first sample, more than half a step.
        var yaw = Yaw([Sample(0, 0, 0, 0), Sample(0.45, 0, 0, 45)]);

        Assert.Equal([5, 25, 45], yaw, Near);
    }

    [Fact]
    public void Ten_samples_of_a_jittering_clock_are_ten_rows()
    {
        double[] times = [0.00, 0.21, 0.40, 0.59, 0.81, 1.00, 1.20, 1.42, 1.60, 1.79];

        var yaw = Yaw(times.Select(t => Sample(t, 0, 0, 10 * t)));

        // The oldest row lies at -0.01 s and takes the first sample's value.
        Assert.Equal(10, yaw.Length);
        Assert.Equal(0, yaw[0], Angle);
        Assert.Equal(10 * 0.19, yaw[1], Angle);
        Assert.Equal(17.9, yaw[9], Angle);
    }

    [Theory]
    [InlineData(0.4, 11, 0)]
    [InlineData(0.5, 11, 0)]
    [InlineData(0.501, 4, 6)]
    [InlineData(3.0, 4, 6)]
    public void A_long_gap_cuts_the_history(double gap, int rows, float oldest)
    {
        // Six samples, a gap, four samples; 0.4 s of gap make 2 s in all, which are eleven rows.
        var yaw = Yaw(Enumerable.Range(0, 10).Select(i => Sample((i * 0.2) + (i >= 6 ? gap - 0.2 : 0), 0, 0, i)));

        Assert.Equal(rows, yaw.Length);
        Assert.Equal(9, yaw[^1], Angle);
        Assert.Equal(oldest, yaw[0], 0.5);
    }

    [Fact]
    public void The_last_of_several_gaps_counts()
    {
        Assert.Equal([7], Yaw([Sample(0, 0, 0, 1), Sample(0.2, 0, 0, 2), Sample(1, 0, 0, 3), Sample(1.2, 0, 0, 4), Sample(2, 0, 0, 7)]), Near);
    }

    [Fact]
    public void The_most_recent_hundred_rows_are_kept()
    {
        var yaw = Yaw(Enumerable.Range(0, 150).Select(i => Sample(i * 0.2, 0, 0, i)));

        Assert.Equal(100, yaw.Length);
        Assert.Equal((50, 149), (yaw[0], yaw[^1]), (a, b) => Math.Abs(a.Item1 - b.Item1) < Angle && Math.Abs(a.Item2 - b.Item2) < Angle);
    }

    [Fact]
    public void Clocks_that_count_from_1970_work_too()
    {
        const double Epoch = 1.8e9;

        Assert.Equal([0, 2, 4, 6], Yaw(Enumerable.Range(0, 4).Select(i => Sample(Epoch + (i * 0.2), 0, 0, 2 * i))), Near);
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < Angle;

    private static ViewportSampleDocument Sample(double t, double roll, double pitch, double yaw) => new()
    {
        T = t,
        Roll = Sdk.Metrics.Angles.Wrap(roll),
        Pitch = pitch,
        Yaw = Sdk.Metrics.Angles.Wrap(yaw),
    };

    private static float[] Yaw(IEnumerable<ViewportSampleDocument> samples) =>
        [.. HistoryGrid.Resample([.. samples]).Where((_, i) => i % 3 == 2)];
}
