using System.Globalization;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>Finds the video that a request means.</summary>
internal static class VideoDocuments
{
    private const int MostSizes = 1_000_000;

    /// <returns>The video; null when the request names none that can be played, which <paramref name="errors"/> then say.</returns>
    public static PlayableVideo? Read(AbrRequestDocument document, InputErrors errors)
    {
        if (document.VideoId is { } id && document.Video is not null)
        {
            errors.Add("/video", "give either videoId or video, not both.");
            return null;
        }

        if (document.Video is { } given)
        {
            return Read(given, errors);
        }

        id = document.VideoId;
        if (id is null)
        {
            errors.Add("/videoId", $"is required unless video is given. Known videos: {ShippedVideos.Names}.");
            return null;
        }

        var video = ShippedVideos.Find(id);
        if (video is null)
        {
            errors.Add("/videoId", $"names no video that this host knows: send its ladder and sizes as video. Known videos: {ShippedVideos.Names}.");
        }

        return video;
    }

    private static PlayableVideo? Read(AbrVideoDocument document, InputErrors errors)
    {
        var levels = document.LadderKbps.Count;
        CheckLadder(document.LadderKbps, errors);
        var rows = document.SizesBytes.Count > 0 && document.SizesBytes[0] is { } first ? first.Count : 0;
        if (document.SizesBytes.Count != levels || levels > byte.MaxValue || (long)levels * rows > MostSizes)
        {
            errors.Add(
                "/video/sizesBytes",
                string.Create(CultureInfo.InvariantCulture, $"must hold one list per level, {levels} in all with {MostSizes} sizes at most."));
        }

        var chunks = document.Chunks ?? rows;
        errors.Range("/video/chunks", chunks, 2, Math.Max(2, rows), "chunks, as many as have sizes");
        var chunkMs = document.ChunkMs ?? 4000;
        AbrCodec.Positive("/video/chunkMs", chunkMs, errors);
        var sizes = new int[errors.None ? levels * rows : 0];
        for (var level = 0; sizes.Length > 0 && level < levels; level++)
        {
            CopyLevel(document.SizesBytes[level], level, levels, rows, sizes, errors);
        }

        return errors.None
            ? new(new VideoLadder
            {
                Name = "inline",
                BitratesKbps = document.LadderKbps.ToArray(),
                ChunkMilliseconds = chunkMs,
                ChunksPlayed = chunks,
                SizesBytes = sizes,
            })
            : null;
    }

    private static void CheckLadder(IReadOnlyList<double> ladder, InputErrors errors)
    {
        if (ladder.Count == 0)
        {
            errors.Add("/video/ladderKbps", "must hold at least one bitrate.");
        }

        for (var level = 0; level < ladder.Count; level++)
        {
            var before = level == 0 ? 0 : ladder[level - 1];
            if (!double.IsFinite(ladder[level]) || ladder[level] <= before)
            {
                errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"/video/ladderKbps/{level}"),
                    string.Create(CultureInfo.InvariantCulture, $"must be above {before} kbit/s: the ladder increases strictly."));
            }
        }
    }

    private static void CopyLevel(IReadOnlyList<int>? given, int level, int levels, int rows, int[] sizes, InputErrors errors)
    {
        if (given?.Count != rows)
        {
            errors.Add(
                string.Create(CultureInfo.InvariantCulture, $"/video/sizesBytes/{level}"),
                string.Create(CultureInfo.InvariantCulture, $"must hold {rows} sizes like the first level, but holds {given?.Count ?? 0}."));
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            sizes[(row * levels) + level] = given[row];
            if (given[row] <= 0)
            {
                errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"/video/sizesBytes/{level}/{row}"),
                    string.Create(CultureInfo.InvariantCulture, $"must be above 0 bytes, but is {given[row]}."));
            }
        }
    }
}
