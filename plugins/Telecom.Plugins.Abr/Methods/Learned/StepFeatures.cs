using Telecom.Plugins.Abr.Observations;

namespace Telecom.Plugins.Abr.Methods.Learned;

/// <summary>
/// An observation as numbers of about 1: last level one-hot, buffer and chunks left (twice each, far and near), target, per download of the history
/// logarithm and size of its throughput and its time, next sizes, and the buffer that each next chunk would leave at the recent throughput.
/// </summary>
internal sealed class StepFeatures
{
    private const int Averaged = 5;
    private const double SlowestMegabytesPerSecond = 0.005;

    private readonly PolicyRecipe recipe;
    private readonly double[] shares;

    /// <param name="recipe">Shapes.</param>
    /// <param name="ladderKbps">Bitrates of the levels.</param>
    public StepFeatures(PolicyRecipe recipe, IReadOnlyList<double> ladderKbps)
    {
        this.recipe = recipe;
        shares = [.. ladderKbps.Select(kbps => kbps / ladderKbps[^1])];
        Count = (3 * recipe.Levels) + 5 + (3 * recipe.History);
    }

    /// <summary>Number of features.</summary>
    public int Count { get; }

    /// <returns>Features of all steps of all windows, [B, steps, <see cref="Count"/>].</returns>
    public float[] Write(StepBatch batch)
    {
        var values = new float[batch.Rows * batch.Steps * Count];
        for (var i = 0; i < batch.Rows * batch.Steps; i++)
        {
            Write(batch, i / batch.Steps, i % batch.Steps, values.AsSpan(i * Count, Count));
        }

        return values;
    }

    /// <summary>Writes the features of one step.</summary>
    /// <param name="batch">Windows.</param>
    /// <param name="row">Window.</param>
    /// <param name="step">Step of it.</param>
    /// <param name="features">[<see cref="Count"/>], written.</param>
    public void Write(StepBatch batch, int row, int step, Span<float> features)
    {
        features.Clear();
        var state = batch.State(row, step);
        var newest = recipe.StateWidth - 1;
        features[NearestLevel(state[(AbrObservation.LastLevel * recipe.StateWidth) + newest])] = 1;
        var buffer = 10.0 * state[(AbrObservation.Buffer * recipe.StateWidth) + newest];
        var left = state[(AbrObservation.ChunksLeft * recipe.StateWidth) + newest];
        var rest = features[recipe.Levels..];
        rest[0] = (float)(buffer / 10);
        rest[1] = (float)Math.Min(1, buffer / 8);
        rest[2] = left;
        rest[3] = Math.Min(1, left * recipe.Chunks / 6);
        rest[4] = batch.Returns[(row * batch.Steps) + step];
        var throughput = WriteDownloads(state, rest[5..]);
        rest = rest[(5 + (3 * recipe.History))..];
        for (var level = 0; level < recipe.Levels; level++)
        {
            var size = state[(AbrObservation.NextSizes * recipe.StateWidth) + level];
            rest[level] = size;
            rest[recipe.Levels + level] = (float)Math.Clamp((buffer - (size / throughput)) / 10, -2, 2);
        }
    }

    /// <returns>Harmonic mean of the latest throughputs in MB/s.</returns>
    private double WriteDownloads(ReadOnlySpan<float> state, Span<float> features)
    {
        var (inverse, count) = (0.0, 0);
        for (var age = 0; age < recipe.History; age++)
        {
            var column = recipe.StateWidth - 1 - age;
            double speed = state[(AbrObservation.Throughput * recipe.StateWidth) + column];
            double seconds = 10 * state[(AbrObservation.DownloadTime * recipe.StateWidth) + column];
            if (seconds <= 0)
            {
                break;
            }

            features[3 * age] = (float)((Math.Log(Math.Max(speed, SlowestMegabytesPerSecond)) + 2) / 2);
            features[(3 * age) + 1] = (float)Math.Min(3, 4 * speed);
            features[(3 * age) + 2] = (float)Math.Min(4, seconds / 4);
            if (age < Averaged)
            {
                inverse += 1 / Math.Max(speed, SlowestMegabytesPerSecond);
                count++;
            }
        }

        return count == 0 ? 1 : count / inverse;
    }

    private int NearestLevel(float share)
    {
        var nearest = 0;
        for (var level = 1; level < shares.Length; level++)
        {
            nearest = Math.Abs(shares[level] - share) < Math.Abs(shares[nearest] - share) ? level : nearest;
        }

        return nearest;
    }
}
