using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Measurement;

/// <summary>
/// Measures cases in turns: every round runs each of them, so that what else happens on the machine meets all alike, and ratios are taken within
/// a round. Times are processor times of the process, which other processes lengthen less than the clock on the wall.
/// </summary>
/// <param name="rounds">Rounds that count; one more before them warms up.</param>
/// <param name="repetitions">Repetitions of a case in a round.</param>
internal sealed class InterleavedRounds(int rounds, int repetitions = 1)
{
    /// <param name="name">What the cases have in common.</param>
    /// <param name="cases">The first one is what the others are compared with.</param>
    /// <param name="progress">Told before every round.</param>
    /// <param name="cancellationToken">Looked at before every case.</param>
    public MeasurementTable Measure(
        string name, IReadOnlyList<MeasuredCase> cases, IProgress<ProgressReport> progress, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        var seconds = cases.Select(_ => new double[rounds]).ToArray();

        // Round -1 fills caches of factors and of the allocator.
        for (var round = -1; round < rounds; round++)
        {
            progress.Report(new ProgressReport(name, round + 1, rounds + 1));
            for (var i = 0; i < cases.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var spent = Seconds(cases[i]);
                if (round >= 0)
                {
                    seconds[i][round] = spent;
                }
            }
        }

        return new MeasurementTable(name, [.. cases.Select((measured, i) => Row(measured, seconds[i], seconds[0]))]);
    }

    private static MeasurementRow Row(MeasuredCase measured, double[] seconds, double[] reference) => new(
        measured.Name,
        1000 * Median(seconds),
        1000 * seconds.Min(),
        Median([.. seconds.Zip(reference, (own, other) => other / own)]),
        measured.Target,
        measured.Note?.Invoke());

    private double Seconds(MeasuredCase measured)
    {
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < repetitions; i++)
        {
            using var scope = NewDisposeScope();
            measured.Run();
        }

        return (Environment.CpuUsage.TotalTime - start).TotalSeconds / repetitions / measured.Share;
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
