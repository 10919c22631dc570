using System.Globalization;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Simulation;

/// <summary>A video as the simulator and the policies use it: checked, and laid out so that the sizes of one chunk are neighbours.</summary>
/// <remarks>Immutable; share one instance between all sessions of the video.</remarks>
public sealed class PlayableVideo
{
    private readonly double[] bitratesKbps;
    private readonly double[] sizesBytes;
    private readonly double[] sizesMegabytes;

    /// <param name="ladder">The video.</param>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/> naming what is wrong with it.</exception>
    public PlayableVideo(VideoLadder ladder)
    {
        ArgumentNullException.ThrowIfNull(ladder);
        Check(ladder);
        Name = ladder.Name;
        ChunkMs = ladder.ChunkMilliseconds;
        ChunkSeconds = ladder.ChunkMilliseconds / 1000;
        Chunks = ladder.ChunksPlayed;
        Rows = ladder.Rows;
        bitratesKbps = ladder.BitratesKbps.ToArray();
        sizesBytes = Array.ConvertAll(ladder.SizesBytes.ToArray(), static size => (double)size);
        sizesMegabytes = Array.ConvertAll(sizesBytes, static size => size / 1e6);
    }

    /// <summary>Name of the video.</summary>
    public string Name { get; }

    /// <summary>Levels M.</summary>
    public int Levels => bitratesKbps.Length;

    /// <summary>Chunks a session plays, K.</summary>
    public int Chunks { get; }

    /// <summary>Rows of the size table, at least K.</summary>
    public int Rows { get; }

    /// <summary>Duration of a chunk in ms.</summary>
    public double ChunkMs { get; }

    /// <summary>Duration of a chunk in s.</summary>
    public double ChunkSeconds { get; }

    /// <summary>Nominal bitrates in kbit/s, [M], strictly increasing.</summary>
    public ReadOnlySpan<double> BitratesKbps => bitratesKbps;

    /// <summary>Sizes of one chunk at all levels in bytes, [M].</summary>
    public ReadOnlySpan<double> SizesBytes(int chunk) => sizesBytes.AsSpan(chunk * Levels, Levels);

    /// <summary>Sizes of one chunk at all levels in MB (10⁶ bytes), [M].</summary>
    public ReadOnlySpan<double> SizesMegabytes(int chunk) => sizesMegabytes.AsSpan(chunk * Levels, Levels);

    private static void Check(VideoLadder ladder)
    {
        var bitrates = ladder.BitratesKbps.Span;
        for (var level = 0; level < bitrates.Length; level++)
        {
            if (!double.IsFinite(bitrates[level]) || bitrates[level] <= (level == 0 ? 0 : bitrates[level - 1]))
            {
                throw Rejected(ladder, $"its bitrates must be positive and strictly increasing, but level {level} has {bitrates[level]} kbit/s");
            }
        }

        if (bitrates.Length is < 1 or > byte.MaxValue)
        {
            throw Rejected(ladder, $"it must have 1 to 255 levels, but has {bitrates.Length}");
        }

        if (!double.IsFinite(ladder.ChunkMilliseconds) || ladder.ChunkMilliseconds <= 0)
        {
            throw Rejected(ladder, $"its chunks must have a positive duration, but have {ladder.ChunkMilliseconds} ms");
        }

        var sizes = ladder.SizesBytes.Span;
        if (ladder.ChunksPlayed < 1 || sizes.Length % bitrates.Length != 0 || ladder.Rows < ladder.ChunksPlayed)
        {
            throw Rejected(
                ladder, $"{sizes.Length} sizes do not give {bitrates.Length} levels of at least {ladder.ChunksPlayed} chunks, of which there must be one");
        }

        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] <= 0)
            {
                throw Rejected(ladder, $"chunk {i / bitrates.Length} at level {i % bitrates.Length} must be larger than 0 bytes, but is {sizes[i]}");
            }
        }
    }

    private static TelecomException Rejected(VideoLadder ladder, FormattableString what) =>
        new(ErrorCode.DataRejected, $"Video '{ladder.Name}' cannot be played: {what.ToString(CultureInfo.InvariantCulture)}.");
}
