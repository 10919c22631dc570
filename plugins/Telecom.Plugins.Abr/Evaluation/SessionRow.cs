using System.Globalization;
using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Evaluation;

/// <summary>One session as a CSV row, in the layout of the recorded sessions of the data set.</summary>
internal static class SessionRow
{
    /// <summary>Column of the policy.</summary>
    public const string PolicyColumn = "policy";

    /// <summary>Column names.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "set", "video", "trace", "start_ptr", PolicyColumn, "qoe_mean", "bitrate_mbps", "rebuf_s_mean", "smooth_mbps_mean", "rebuf_s_total",
        "first_chunk_delay_ms", "delay_ms_total", "sleep_ms_total", "final_buffer_s", "levels",
    ];

    /// <returns>The fields of one session.</returns>
    public static string[] Of(SessionSpec spec, string policy, SessionSummary summary) =>
    [
        spec.Set,
        spec.Video.Name,
        spec.TraceName,
        spec.StartPointer.ToString(CultureInfo.InvariantCulture),
        policy,
        Fixed(summary.Qoe, "0.000000000"),
        Fixed(summary.BitrateMbps, "0.000000"),
        Fixed(summary.RebufferSeconds, "0.000000000"),
        Fixed(summary.SmoothnessMbps, "0.000000"),
        Fixed(summary.RebufferTotalSeconds, "0.000000"),
        Fixed(summary.FirstDelayMs, "0.000000"),
        Fixed(summary.DelayTotalMs, "0.000"),
        Fixed(summary.SleepTotalMs, "0.###"),
        Fixed(summary.FinalBufferSeconds, "0.000000"),
        summary.LevelString,
    ];

    private static string Fixed(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
