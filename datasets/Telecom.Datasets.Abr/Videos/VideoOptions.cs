using System.Globalization;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Abr.Videos;

/// <summary>What the files of a video do not say about it.</summary>
/// <param name="BitratesKbps">Nominal bitrates, strictly increasing.</param>
/// <param name="ChunkMilliseconds">Duration of a chunk.</param>
/// <param name="ChunksPlayed">Chunks of a session.</param>
internal sealed record VideoOptions(double[] BitratesKbps, double ChunkMilliseconds, int ChunksPlayed)
{
    /// <summary>The options as settings.</summary>
    public static IReadOnlyList<SettingDescriptor> Settings { get; } =
    [
        new("ladder", "300,750,1200,1850,2850,4300", "nominal bitrates of the levels in kbit/s, strictly increasing"),
        new("chunk-ms", "4000", "duration of a chunk in ms"),
        new("chunks", "48", "chunks that a session plays; size files may have more rows"),
    ];

    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/> naming the setting.</exception>
    public static VideoOptions From(SettingValues settings)
    {
        var bitrates = new List<double>();
        foreach (var field in settings.Text("ladder").Split(',', StringSplitOptions.TrimEntries))
        {
            var isNumber = double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var bitrate);
            if (!isNumber || !double.IsFinite(bitrate) || bitrate <= (bitrates.Count == 0 ? 0 : bitrates[^1]))
            {
                throw new TelecomException(
                    ErrorCode.InvalidInput,
                    $"Setting ladder={settings.Text("ladder")} is not valid: it must be positive, strictly increasing bitrates in kbit/s, but has '{field}'.");
            }

            bitrates.Add(bitrate);
        }

        return new([.. bitrates], settings.Number("chunk-ms", 1e-3, 1e9), settings.Integer("chunks", 2, 1_000_000));
    }
}
