using FsCheck.Fluent;
using Telecom.Sdk.Metrics;
using Telecom.Sdk.Tests.Support;

namespace Telecom.Sdk.Tests.Metrics;

public sealed class SampleStatisticsTests
{
    [Fact]
    public void Mean_is_the_arithmetic_mean() => Assert.Equal(2.5, SampleStatistics.Mean([1, 2, 3, 4]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 1.75)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 3.7)]
    [InlineData(1, 4)]
    public void Quantile_interpolates_like_type_7(double probability, double expected)
    {
        // Position p (n - 1) among the sorted samples 1, 2, 3, 4; 0.9 · 3 rounds, hence the tolerance.
        Assert.Equal(expected, SampleStatistics.Quantile([3, 1, 4, 2], probability), 1e-15);
    }

    [Fact]
    public void Quantile_of_one_sample_is_that_sample() => Assert.Equal(7, SampleStatistics.Quantile([7], 0.3));

    [Fact]
    public void Quantile_beside_an_infinite_sample_stays_a_number()
    {
        // A run that never converged counts as infinitely long; the other order statistics are still known.
        double[] samples = [1, 2, double.PositiveInfinity];

        Assert.Equal(2, SampleStatistics.Quantile(samples, 0.5));
        Assert.Equal(double.PositiveInfinity, SampleStatistics.Quantile(samples, 1));
        Assert.Equal(double.PositiveInfinity, SampleStatistics.Quantile(samples, 0.75));
    }

    [Fact]
    public void Quantile_leaves_the_samples_as_they_are()
    {
        double[] samples = [3, 1, 2];

        SampleStatistics.Quantile(samples, 0.5);

        Assert.Equal([3, 1, 2], samples);
    }

    [Fact]
    public void Quantile_lies_between_the_extremes_and_rises() => Properties.Hold(
        Gen.Choose(-1000, 1000).Select(value => (double)value).ArrayOf().Where(samples => samples.Length > 0),
        samples =>
        {
            double[] quantiles = [.. Enumerable.Range(0, 11).Select(i => SampleStatistics.Quantile(samples, i / 10.0))];
            return quantiles[0] == samples.Min() && quantiles[^1] == samples.Max() && quantiles.SequenceEqual(quantiles.Order());
        });

    [Fact]
    public void No_samples_are_an_error_and_never_NaN()
    {
        Assert.Throws<ArgumentException>(() => SampleStatistics.Mean([]));
        Assert.Throws<ArgumentException>(() => SampleStatistics.Quantile([], 0.5));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Quantile_refuses_what_is_no_probability(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SampleStatistics.Quantile([1], probability));
}
