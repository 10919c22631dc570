using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Benchmarks;
using Telecom.Sdk.Metrics;

namespace Telecom.Plugins.Abr.Evaluation;

/// <summary>The metrics of the streaming benchmark, in report order.</summary>
internal static class SessionMetrics
{
    /// <summary>Name of the score that is compared.</summary>
    public const string Qoe = "qoe";

    /// <summary>All metrics.</summary>
    public static IReadOnlyList<MetricDescriptor> All { get; } =
    [
        new(Qoe, string.Empty, LowerIsBetter: false, "mean over sessions of the mean reward of chunks 1 to K-1: bitrate - 4.3 rebuffer - smoothness"),
        new("bitrate_mbps", "Mbit/s", LowerIsBetter: false, "mean nominal bitrate"),
        new("rebuffer_s", "s", LowerIsBetter: true, "mean rebuffering per chunk"),
        new("smoothness_mbps", "Mbit/s", LowerIsBetter: true, "mean change of the nominal bitrate between neighbouring chunks"),
        new("qoe_gain", string.Empty, LowerIsBetter: false, "mean over sessions of the difference in QoE to the policy of setting 'against'"),
        new("qoe_gain_low", string.Empty, LowerIsBetter: false, "lower end of the 95 % interval of qoe_gain, bootstrap over paired sessions"),
        new("qoe_gain_high", string.Empty, LowerIsBetter: false, "upper end of the 95 % interval of qoe_gain"),
        new("chunk_qoe_median", string.Empty, LowerIsBetter: false, "median reward of a chunk"),
        new("qoe_p05", string.Empty, LowerIsBetter: false, "5 % quantile over sessions of a session's QoE"),
        new("rebuffer_share", string.Empty, LowerIsBetter: true, "share of sessions with any rebuffering after chunk 0"),
    ];

    /// <summary>Summarises sessions.</summary>
    /// <param name="sessions">At least one.</param>
    /// <param name="reference">QoE of the same sessions under the policy to compare with.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public static Dictionary<string, double> Of(IReadOnlyList<SessionSummary> sessions, ReadOnlySpan<double> reference, int seed)
    {
        var metrics = Robust(sessions);
        var differences = new double[sessions.Count];
        for (var i = 0; i < differences.Length; i++)
        {
            differences[i] = sessions[i].Qoe - reference[i];
        }

        var (gain, low, high) = PairedBootstrap.Interval(differences, seed);
        metrics[Qoe] = sessions.Average(session => session.Qoe);
        metrics["bitrate_mbps"] = sessions.Average(session => session.BitrateMbps);
        metrics["rebuffer_s"] = sessions.Average(session => session.RebufferSeconds);
        metrics["smoothness_mbps"] = sessions.Average(session => session.SmoothnessMbps);
        (metrics["qoe_gain"], metrics["qoe_gain_low"], metrics["qoe_gain_high"]) = (gain, low, high);
        metrics["qoe_p05"] = SampleStatistics.Quantile([.. sessions.Select(session => session.Qoe)], 0.05);
        return All.Where(metric => metrics.ContainsKey(metric.Name)).ToDictionary(metric => metric.Name, metric => metrics[metric.Name], StringComparer.Ordinal);
    }

    /// <summary>What can be said of sessions that no policy can play: figures that a few hopeless chunks do not decide.</summary>
    public static Dictionary<string, double> Robust(IReadOnlyList<SessionSummary> sessions) => new(StringComparer.Ordinal)
    {
        ["chunk_qoe_median"] = SampleStatistics.Quantile([.. sessions.SelectMany(session => session.Rewards)], 0.5),
        ["rebuffer_share"] = sessions.Average(session => session.RebufferTotalSeconds > 0 ? 1.0 : 0.0),
    };
}
