using Telecom.Datasets.Viewport.HeadTraces;
using Telecom.Sdk.Settings;

namespace Telecom.Datasets.Viewport.HeadMotion;

/// <summary>
/// Size of a generated set. Videos and users are numbered from 1 through train, valid and test, so no split shares either with another.
/// </summary>
internal sealed record HeadMotionOptions
{
    /// <summary>Splits in numbering order.</summary>
    public static IReadOnlyList<string> SplitNames { get; } = ["train", "valid", "test"];

    /// <summary>The options as settings.</summary>
    public static IReadOnlyList<SettingDescriptor> Settings { get; } =
    [
        new("train-videos", "8", "generated videos of the split train"),
        new("train-users", "12", "generated users of the split train"),
        new("valid-videos", "3", "generated videos of the split valid"),
        new("valid-users", "6", "generated users of the split valid"),
        new("test-videos", "4", "generated videos of the split test"),
        new("test-users", "8", "generated users of the split test"),
        new("seconds", "60", "length of a generated trace in s, above 0 to 3600"),
        new("front-yaw", "90", "mean front direction of the generated videos in degrees of yaw"),
    ];

    /// <summary>Videos and users per split.</summary>
    public required IReadOnlyDictionary<string, TraceSplit> Splits { get; init; }

    /// <summary>Length of a trace in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Sampling rate in hertz.</summary>
    public required double RateHz { get; init; }

    /// <summary>Mean front direction of the videos in degrees of yaw.</summary>
    public required double FrontYawDegrees { get; init; }

    /// <summary>Reads the options from settings that include <see cref="Settings"/> and <see cref="HeadTraceReader.Settings"/>.</summary>
    public static HeadMotionOptions From(SettingValues settings)
    {
        var splits = new Dictionary<string, TraceSplit>(StringComparer.Ordinal);
        var (firstVideo, firstUser) = (1, 1);
        foreach (var split in SplitNames)
        {
            var videos = settings.Integer($"{split}-videos", 0, 1000);
            var users = settings.Integer($"{split}-users", 0, 1000);
            splits.Add(split, new([.. Enumerable.Range(firstVideo, videos)], [.. Enumerable.Range(firstUser, users)]));
            (firstVideo, firstUser) = (firstVideo + videos, firstUser + users);
        }

        return new()
        {
            Splits = splits,
            Seconds = settings.Number("seconds", 1e-3, 3600),
            RateHz = settings.Number("rate", 0.1, 1000),
            FrontYawDegrees = settings.Number("front-yaw", -1e6, 1e6),
        };
    }
}
