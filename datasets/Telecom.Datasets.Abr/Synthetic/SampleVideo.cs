using Telecom.Datasets.Abr.Videos;
using Telecom.Sdk.Domains;

namespace Telecom.Datasets.Abr.Synthetic;

/// <summary>
/// A video of our own: every chunk has a complexity that all levels share, drawn per scene and per chunk, and a size that varies a little by level.
/// Scaled so that the mean bitrate of every level is its nominal one.
/// </summary>
/// <remarks>The spreads resemble those of constrained variable-bitrate encodings; the model claims no more than that.</remarks>
internal static class SampleVideo
{
    public const string Name = "sample";

    // The sample is one fixed video, whatever seed its traces have.
    private const int Seed = 20_231;
    private const double SceneSpread = 0.28;
    private const double ChunkSpread = 0.12;
    private const double LevelSpread = 0.03;
    private const int LongestScene = 6;

    /// <param name="options">Ladder and length; one chunk more than is played is made, as the measured files have it.</param>
    public static VideoLadder Create(VideoOptions options)
    {
        var levels = options.BitratesKbps.Length;
        var rows = options.ChunksPlayed + 1;
        var weights = Weights(rows, levels);
        var sizes = new int[rows * levels];
        for (var level = 0; level < levels; level++)
        {
            var mean = Enumerable.Range(0, rows).Average(row => weights[(row * levels) + level]);
            var bytes = options.BitratesKbps[level] * options.ChunkMilliseconds / 8 / mean;
            for (var row = 0; row < rows; row++)
            {
                var size = Math.Min(int.MaxValue, Math.Max(1, Math.Round(bytes * weights[(row * levels) + level])));
                sizes[(row * levels) + level] = (int)size;
            }
        }

        return new()
        {
            Name = Name,
            BitratesKbps = options.BitratesKbps,
            ChunkMilliseconds = options.ChunkMilliseconds,
            ChunksPlayed = options.ChunksPlayed,
            SizesBytes = sizes,
        };
    }

    // [rows, levels] relative sizes around 1.
    private static double[] Weights(int rows, int levels)
    {
        var random = new KeyedRandom(Seed);
        var weights = new double[rows * levels];
        var (scene, left) = (1.0, 0);
        for (var row = 0; row < rows; row++)
        {
            if (left-- == 0)
            {
                scene = 1 + random.Uniform(-SceneSpread, SceneSpread);
                left = random.OneTo(LongestScene) - 1;
            }

            var chunk = scene * (1 + random.Uniform(-ChunkSpread, ChunkSpread));
            for (var level = 0; level < levels; level++)
            {
                weights[(row * levels) + level] = chunk * (1 + random.Uniform(-LevelSpread, LevelSpread));
            }
        }

        return weights;
    }
}
