using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Abr.Evaluation;

/// <summary>
/// Percentile bootstrap of a mean difference (Efron, 1979): sessions are drawn with replacement, both policies on the same ones, because traces differ far
/// more than policies do.
/// </summary>
internal static class PairedBootstrap
{
    private const int Resamples = 10_000;

    /// <param name="differences">One difference per session, at least one.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>Mean and the 95 % interval.</returns>
    public static (double Mean, double Low, double High) Interval(ReadOnlySpan<double> differences, int seed)
    {
        var random = new Random(seed);
        var means = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            var sum = 0.0;
            for (var draw = 0; draw < differences.Length; draw++)
            {
                sum += differences[random.Next(differences.Length)];
            }

            means[i] = sum / differences.Length;
        }

        return (SampleStatistics.Mean(differences), SampleStatistics.Quantile(means, 0.025), SampleStatistics.Quantile(means, 0.975));
    }
}
