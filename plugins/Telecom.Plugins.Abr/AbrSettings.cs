using System.Globalization;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Abr;

/// <summary>Settings that the benchmark, the simulator, experience pools and the training of learned policies share.</summary>
internal static class AbrSettings
{
    public const string Set = "set";
    public const string Video = "video";
    public const string Compatibility = "compat";
    public const string Noise = "noise";

    /// <summary>Set that is scored when nobody says otherwise.</summary>
    public const string DefaultSet = "fcc-test";

    /// <summary>Set whose sessions count in no mean.</summary>
    public const string OutageSet = "outage";

    private const string None = "none";
    private const string NetLlm = "netllm";

    /// <summary>Which traces and videos are played.</summary>
    public static IReadOnlyList<SettingDescriptor> Data { get; } =
    [
        new(Set, DefaultSet, "sets of traces below the data root, separated by commas"),
        new(Video, "video1", "videos below the data root, separated by commas; each is played on every trace"),
        .. Ladder,
    ];

    /// <summary>How videos of size files are read.</summary>
    public static IReadOnlyList<SettingDescriptor> Ladder =>
    [
        new("ladder", "300,750,1200,1850,2850,4300", "nominal bitrates of the levels in kbit/s"),
        new("chunk-ms", "4000", "duration of a chunk in ms"),
        new("chunks", "48", "chunks that a session plays"),
    ];

    /// <summary>How player, link and metric behave; the defaults are the profile <c>netllm-abr</c>.</summary>
    public static IReadOnlyList<SettingDescriptor> Profile { get; } =
    [
        new(Compatibility, None, "none or netllm: the latter plays mpc as in the published comparisons, sessions in order"),
        new(Noise, "0", "half-width of the noise: delays are multiplied by U(1 - noise, 1 + noise); below 1, 0 for none"),
        new("rtt-ms", "80", "round trip added to every delay in ms"),
        new("payload-share", "0.95", "share of the link capacity that carries payload, above 0 to 1"),
        new("buffer-cap-ms", "60000", "buffer above which the player pauses, in ms"),
        new("drain-ms", "500", "pauses are multiples of this many ms"),
        new("first-level", "0", "level of chunk 0"),
        new("rebuffer-penalty", "4.3", "penalty per s of rebuffering"),
        new("smoothness-penalty", "1", "penalty per Mbit/s of change between chunks"),
        new("history", "6", "chunks of history in an observation"),
    ];

    /// <returns>The profile that <paramref name="settings"/> describe.</returns>
    public static AbrProfile ReadProfile(SettingValues settings) => new()
    {
        IsPublishedPlanner = settings.Choice(Compatibility, None, NetLlm) == NetLlm,
        DelayNoise = settings.Number(Noise, 0, 0.999),
        RoundTripMs = settings.Number("rtt-ms", 0, 1e6),
        PayloadShare = settings.Number("payload-share", 1e-3, 1),
        BufferCapMs = settings.Number("buffer-cap-ms", 0, 1e9),
        DrainQuantumMs = settings.Number("drain-ms", 1e-3, 1e9),
        FirstLevel = settings.Integer("first-level", 0, byte.MaxValue),
        RebufferPenalty = settings.Number("rebuffer-penalty", 0, 1e6),
        SmoothnessPenalty = settings.Number("smoothness-penalty", 0, 1e6),
        HistoryLength = settings.Integer("history", 1, 1000),
    };

    /// <returns>Nominal bitrates of the levels in kbit/s.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: it is no list of numbers above 0.</exception>
    public static double[] ReadLadder(SettingValues settings) => [.. Names(settings, "ladder").Select(text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var kbps) && double.IsFinite(kbps) && kbps > 0
            ? kbps
            : throw new TelecomException(ErrorCode.InvalidInput, $"Setting ladder={settings.Text("ladder")} is not valid: '{text}' is no bitrate in kbit/s."))];

    /// <returns>The names that a setting lists.</returns>
    public static IReadOnlyList<string> Names(SettingValues settings, string name) =>
        settings.Text(name).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
