using System.Globalization;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Datasets.Abr.Videos;

/// <summary>A folder with the files <c>video_size_0</c> to <c>video_size_&lt;M−1&gt;</c>: one size in bytes per line and chunk.</summary>
internal static class VideoFolder
{
    public const string FilePrefix = "video_size_";

    /// <returns>Whether a folder looks like a video.</returns>
    public static bool IsVideo(string folder) => File.Exists(PathOf(folder, 0));

    /// <returns>Path of a level's file.</returns>
    public static string PathOf(string folder, int level) =>
        Path.Combine(folder, FilePrefix + level.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/> naming file and line.</exception>
    public static async ValueTask<VideoLadder> ReadAsync(string folder, VideoOptions options, CancellationToken cancellationToken)
    {
        var levels = options.BitratesKbps.Length;
        var sizes = new int[levels][];
        for (var level = 0; level < levels; level++)
        {
            var path = PathOf(folder, level);
            if (!File.Exists(path))
            {
                throw Rejections.Of(path, 0, $"the file of level {level} is missing; the ladder has {levels} levels", "Restore it, or set ladder.");
            }

            sizes[level] = await ReadLevelAsync(path, options.ChunksPlayed, cancellationToken).ConfigureAwait(false);
            if (sizes[level].Length != sizes[0].Length)
            {
                throw Rejections.Of(
                    path, 0, $"the file has {sizes[level].Length} rows, but {FilePrefix}0 has {sizes[0].Length}", "All levels need the same chunks.");
            }
        }

        if (File.Exists(PathOf(folder, levels)))
        {
            throw Rejections.Of(
                PathOf(folder, levels), 0, $"the ladder has {levels} bitrates, but there is a file of level {levels}", "Set ladder to all bitrates.");
        }

        return new()
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            BitratesKbps = options.BitratesKbps,
            ChunkMilliseconds = options.ChunkMilliseconds,
            ChunksPlayed = options.ChunksPlayed,
            SizesBytes = Transposed(sizes),
        };
    }

    private static async ValueTask<int[]> ReadLevelAsync(string path, int chunks, CancellationToken cancellationToken)
    {
        var lines = await Rejections.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false);
        var sizes = new int[lines.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            if (!int.TryParse(lines[i].AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out sizes[i]) || sizes[i] <= 0)
            {
                throw Rejections.Of(path, i + 1, $"a size must be a whole number of bytes above 0, but is '{lines[i].Trim()}'");
            }
        }

        return sizes.Length >= chunks
            ? sizes
            : throw Rejections.Of(path, 0, $"the file has {sizes.Length} rows, but a session plays {chunks} chunks", "Bring all rows, or set chunks.");
    }

    private static int[] Transposed(int[][] sizes)
    {
        var rows = new int[sizes[0].Length * sizes.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = sizes[i % sizes.Length][i / sizes.Length];
        }

        return rows;
    }
}
