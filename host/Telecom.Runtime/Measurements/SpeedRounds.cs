using Telecom.Modeling.Measurement;
using Telecom.Sdk.Measurements;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Measurements;

/// <summary>
/// Measures short pieces of work in turns: every round calls each of them for a while, so that what else happens on the machine meets all alike. Times are
/// processor times of the process; bytes are those that the calling thread allocates.
/// </summary>
internal static class SpeedRounds
{
    private const int Rounds = 9;

    // The clock of processor time has microseconds; compiled code settles within the warm-up.
    private const double RoundSeconds = 0.1;
    private const double WarmUpSeconds = 0.5;

    /// <param name="name">What the cases have in common.</param>
    /// <param name="cases">The first one is what the others are compared with.</param>
    /// <param name="progress">Told before every round.</param>
    /// <param name="cancellationToken">Looked at before every case.</param>
    public static MeasurementTable Measure(
        string name, IReadOnlyList<SpeedCase> cases, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var repetitions = new long[cases.Count];
        for (var i = 0; i < cases.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new(name, 0, Rounds));
            repetitions[i] = WarmUp(cases[i]);
        }

        var seconds = cases.Select(_ => new double[Rounds]).ToArray();
        var bytes = new double[cases.Count];
        for (var round = 0; round < Rounds; round++)
        {
            progress?.Report(new(name, round, Rounds));
            for (var i = 0; i < cases.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (seconds[i][round], bytes[i]) = Spend(cases[i], repetitions[i]);
            }
        }

        return new(name, [.. cases.Select((measured, i) => Row(measured, seconds[i], seconds[0], bytes[i]))]);
    }

    /// <returns>Calls that take about the time of a round.</returns>
    private static long WarmUp(SpeedCase measured)
    {
        var (calls, spent) = (1L, Spend(measured, 1).Seconds * measured.Operations);
        for (var total = spent; total < WarmUpSeconds; total += spent)
        {
            calls = spent > 0 ? Math.Max(1, (long)Math.Min(2.0 * calls, calls * WarmUpSeconds / spent)) : 2 * calls;
            spent = Spend(measured, calls).Seconds * measured.Operations * calls;
        }

        return Math.Max(1, (long)(calls * RoundSeconds / Math.Max(spent, 1e-9)));
    }

    // Seconds and bytes per operation.
    private static (double Seconds, double Bytes) Spend(SpeedCase measured, long calls)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Environment.CpuUsage.TotalTime;
        for (var call = 0L; call < calls; call++)
        {
            measured.Run();
        }

        var spent = Environment.CpuUsage.TotalTime - start;
        var operations = (double)calls * measured.Operations;
        return (spent.TotalSeconds / operations, (GC.GetAllocatedBytesForCurrentThread() - allocated) / operations);
    }

    private static MeasurementRow Row(SpeedCase measured, double[] seconds, double[] reference, double bytes)
    {
        var median = Median(seconds);
        return new(measured.Name, 1e3 * median, 1e3 * seconds.Min(), Median([.. seconds.Zip(reference, (own, first) => first / own)]), Target: null)
        {
            MicrosecondsPerOperation = 1e6 * median,
            AllocatedBytesPerOperation = bytes,
            TargetMicroseconds = measured.TargetMicroseconds,
            AllowedBytesPerOperation = measured.AllowedBytes,
        };
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
