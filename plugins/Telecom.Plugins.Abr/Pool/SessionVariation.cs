using System.Globalization;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Domains;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>
/// Changes sessions at random before they are recorded, so that what is learned on few traces and one video holds on others: the whole trace becomes
/// faster or slower, the video is shifted in time and its sizes change.
/// </summary>
internal sealed record SessionVariation
{
    /// <summary>No changes.</summary>
    public static SessionVariation None { get; } = new();

    /// <summary>Probability that a trace changes.</summary>
    public double TraceShare { get; init; }

    /// <summary>A changed trace is multiplied by exp(U(−x, x)).</summary>
    public double RateSpread { get; init; }

    /// <summary>Probability that a video changes: its chunks are shifted around by a random number.</summary>
    public double VideoShare { get; init; }

    /// <summary>All sizes of a changed video are multiplied by one factor from this on.</summary>
    public double SmallestSize { get; init; } = 1;

    /// <summary>Largest such factor.</summary>
    public double LargestSize { get; init; } = 1;

    /// <summary>Every chunk of a changed video is multiplied by its own exp(U(−x, x)).</summary>
    public double ChunkSpread { get; init; }

    /// <summary>In words, for the provenance of a pool; null where nothing changes.</summary>
    public string? Description => TraceShare == 0 && VideoShare == 0 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"rate * exp(U(-{RateSpread}, {RateSpread})) with p {TraceShare}; chunks shifted, sizes * U({SmallestSize}, {LargestSize}) and per chunk * exp(U(-{ChunkSpread}, {ChunkSpread})) with p {VideoShare}");

    /// <returns>The session as it is recorded.</returns>
    public SessionSpec Apply(SessionSpec spec, Random random)
    {
        if (Description is null)
        {
            return spec;
        }

        var timeline = random.NextDouble() < TraceShare ? Scale(spec.Timeline, Math.Exp(Symmetric(random, RateSpread))) : spec.Timeline;
        return spec with { Timeline = timeline, Video = random.NextDouble() < VideoShare ? Change(spec.Video, random) : spec.Video };
    }

    private static double Symmetric(Random random, double spread) => spread * ((2 * random.NextDouble()) - 1);

    private static LinkTimeline Scale(LinkTimeline link, double factor) =>
        new(link.Trace with { CapacityMbps = Array.ConvertAll(link.Trace.CapacityMbps.ToArray(), mbps => mbps * factor) });

    private PlayableVideo Change(PlayableVideo video, Random random)
    {
        var sizes = new int[video.Rows * video.Levels];
        var shift = random.Next(video.Chunks);
        var factor = SmallestSize + ((LargestSize - SmallestSize) * random.NextDouble());
        for (var row = 0; row < video.Rows; row++)
        {
            var own = factor * Math.Exp(Symmetric(random, ChunkSpread));
            var source = video.SizesBytes((row + shift) % video.Chunks);
            for (var level = 0; level < video.Levels; level++)
            {
                sizes[(row * video.Levels) + level] = Math.Max(1, (int)(source[level] * own));
            }
        }

        return new(new VideoLadder
        {
            Name = video.Name,
            BitratesKbps = video.BitratesKbps.ToArray(),
            ChunkMilliseconds = video.ChunkMs,
            ChunksPlayed = video.Chunks,
            SizesBytes = sizes,
        });
    }
}
