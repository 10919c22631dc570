using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Observations;

/// <summary>
/// The observation of Pensieve, in float64: [6, W] row-major, W = max(H, M). Rows: last level / highest bitrate, buffer / 10 s, throughput in MB/s,
/// download time / 10 s, sizes of the next chunk in MB, chunks left / K.
/// </summary>
/// <remarks>
/// All rows but the sizes are histories of H columns whose newest value stands in the last column; missing history is 0. The sizes are no history: M
/// values from column 0 on. With six levels and a history of six this is the published tensor.
/// </remarks>
internal static class AbrObservation
{
    /// <summary>Rows.</summary>
    public const int Features = 6;

    /// <summary>Row of the last level.</summary>
    public const int LastLevel = 0;

    /// <summary>Row of the buffer.</summary>
    public const int Buffer = 1;

    /// <summary>Row of the throughputs.</summary>
    public const int Throughput = 2;

    /// <summary>Row of the download times.</summary>
    public const int DownloadTime = 3;

    /// <summary>Row of the sizes of the next chunk.</summary>
    public const int NextSizes = 4;

    /// <summary>Row of the chunks left.</summary>
    public const int ChunksLeft = 5;

    private const double BufferScaleSeconds = 10.0;
    private const double DelayScaleMs = 10_000.0;

    /// <returns>Columns W.</returns>
    public static int Width(int history, int levels) => Math.Max(history, levels);

    /// <summary>Writes the observation before the decision that follows <paramref name="played"/>.</summary>
    /// <param name="video">The video.</param>
    /// <param name="played">Chunks so far, oldest first, with levels and buffers; none give zeros throughout.</param>
    /// <param name="history">Columns of history H.</param>
    /// <param name="tensor">[6, W], written.</param>
    public static void Write(PlayableVideo video, ReadOnlySpan<PlayedChunk> played, int history, Span<double> tensor)
    {
        var width = Width(history, video.Levels);
        tensor[..(Features * width)].Clear();
        if (played.IsEmpty)
        {
            return;
        }

        // The column of the newest chunk is the last one.
        var shown = played[Math.Max(0, played.Length - history)..];
        for (var i = 0; i < shown.Length; i++)
        {
            ref readonly var chunk = ref shown[i];
            var column = width - shown.Length + i;
            tensor[(LastLevel * width) + column] = video.BitratesKbps[chunk.Level] / video.BitratesKbps[^1];
            tensor[(Buffer * width) + column] = chunk.BufferSeconds / BufferScaleSeconds;
            tensor[(Throughput * width) + column] = chunk.ThroughputMegabytesPerSecond;
            tensor[(DownloadTime * width) + column] = chunk.DelayMs / DelayScaleMs;
            tensor[(ChunksLeft * width) + column] = (double)(video.Chunks - chunk.Chunk - 1) / video.Chunks;
        }

        // After the last chunk the sizes are those of chunk 0.
        var next = played[^1].Chunk + 1;
        video.SizesMegabytes(next < video.Chunks ? next : 0).CopyTo(tensor[(NextSizes * width)..]);
    }
}
