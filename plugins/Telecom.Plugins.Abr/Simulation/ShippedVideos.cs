using System.Globalization;
using System.Reflection;
using Telecom.Sdk.Domains;

namespace Telecom.Plugins.Abr.Simulation;

/// <summary>The videos that come with the plugin: size files embedded in its assembly, written by the generator of the dataset plugin.</summary>
internal static class ShippedVideos
{
    /// <summary>Name of the generated video.</summary>
    public const string Sample = "sample";

    private static readonly double[] LadderKbps = [300, 750, 1200, 1850, 2850, 4300];

    private static readonly Lazy<PlayableVideo> SampleVideo = new(() => new(ReadSample()));

    /// <summary>Names, for messages.</summary>
    public static string Names => Sample;

    /// <returns>The video; null when none is known by that name.</returns>
    public static PlayableVideo? Find(string name) => name == Sample ? SampleVideo.Value : null;

    private static VideoLadder ReadSample()
    {
        var levels = Array.ConvertAll([.. Enumerable.Range(0, LadderKbps.Length)], ReadLevel);
        var rows = levels[0].Length;
        return new()
        {
            Name = Sample,
            BitratesKbps = LadderKbps,
            ChunkMilliseconds = 4000,
            ChunksPlayed = rows - 1,
            SizesBytes = Enumerable.Range(0, rows * levels.Length).Select(i => levels[i % levels.Length][i / levels.Length]).ToArray(),
        };
    }

    private static int[] ReadLevel(int level)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Sample}/video_size_{level}");
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }
}
