using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>
/// Finds the plan of highest value Σ BR/1000 − μ Σ rebuffer − λ Σ |ΔBR|/1000; among equal values the lexicographically last plan.
/// </summary>
/// <remarks>
/// Plans are walked from the lexicographically last to the first with shared prefixes, so that the first of the highest value is the one that counts. A
/// prefix is cut off when no continuation can reach the best value so far; the bound leaves out rebuffering yet to come and is raised by more than
/// rounding could lower it, so that no tie is cut off. The three sums are kept apart and combined at the end only: that order decides exact ties.
/// </remarks>
internal ref struct PlanSearch
{
    // Values are below 10^4 and sums have ten terms: rounding stays far below this.
    private const double Slack = 1e-9;

    private readonly PlayableVideo video;
    private readonly ReadOnlySpan<double> bitrates;
    private readonly Span<double> futures;
    private readonly double capacity;
    private readonly double rebufferPenalty;
    private readonly double smoothnessPenalty;
    private readonly double startBuffer;
    private readonly int startLevel;
    private readonly int firstRow;
    private readonly int length;
    private readonly int reach;
    private double best;
    private int bestLevel;
    private int firstLevel;

    /// <param name="point">Where the session stands.</param>
    /// <param name="length">Chunks of a plan, at least 1.</param>
    /// <param name="capacity">Throughput in MB/s that the plan counts on.</param>
    /// <param name="isJumpLimited">See <see cref="ModelPredictive"/>.</param>
    /// <param name="scratch">[(length + 1) · M] or more.</param>
    public PlanSearch(in DecisionPoint point, int length, double capacity, bool isJumpLimited, Span<double> scratch)
    {
        video = point.Video;
        bitrates = video.BitratesKbps;
        futures = scratch;
        this.capacity = capacity;
        this.length = length;
        rebufferPenalty = point.Profile.RebufferPenalty;
        smoothnessPenalty = point.Profile.SmoothnessPenalty;
        startBuffer = point.BufferSeconds;
        startLevel = point.LastLevel;
        firstRow = point.Chunk + (isJumpLimited ? 1 : 0);
        reach = isJumpLimited ? 1 : bitrates.Length;
    }

    /// <returns>First level of the best plan.</returns>
    public int Best()
    {
        FillFutures();
        best = double.NegativeInfinity;
        bestLevel = -1;
        var threshold = ConstantPlans();
        best = threshold;
        Extend(0, startLevel, startBuffer, 0, 0, 0);
        return bestLevel;
    }

    // The most that n further chunks after one at level l can add, without rebuffering: a table over n and l.
    private readonly void FillFutures()
    {
        var levels = bitrates.Length;
        futures[..levels].Clear();
        for (var chunks = 1; chunks <= length; chunks++)
        {
            for (var level = 0; level < levels; level++)
            {
                var most = double.NegativeInfinity;
                for (var next = Math.Max(0, level - reach); next < Math.Min(levels, level + reach + 1); next++)
                {
                    var gain = ((bitrates[next] - (smoothnessPenalty * Math.Abs(bitrates[next] - bitrates[level]))) / 1000)
                        + futures[((chunks - 1) * levels) + next];
                    most = Math.Max(most, gain);
                }

                futures[(chunks * levels) + level] = most;
            }
        }
    }

    // Value of the best plan that stays at one level: a good threshold from the start. Such plans are met again in the walk.
    private readonly double ConstantPlans()
    {
        var most = double.NegativeInfinity;
        for (var level = Math.Max(0, startLevel - reach); level < Math.Min(bitrates.Length, startLevel + reach + 1); level++)
        {
            var (buffer, rebuffer, bitrate) = (startBuffer, 0.0, 0.0);
            for (var i = 0; i < length; i++)
            {
                Play(i, level, ref buffer, ref rebuffer);
                bitrate += bitrates[level];
            }

            most = Math.Max(most, Value(bitrate, rebuffer, Math.Abs(bitrates[level] - bitrates[startLevel])));
        }

        return most;
    }

    private readonly double Value(double bitrate, double rebuffer, double change) =>
        (bitrate / 1000) - (rebufferPenalty * rebuffer) - (smoothnessPenalty * change / 1000);

    private readonly void Play(int position, int level, ref double buffer, ref double rebuffer)
    {
        var row = Math.Min(firstRow + position, video.Rows - 1);
        var seconds = video.SizesMegabytes(row)[level] / capacity;
        rebuffer += Math.Max(seconds - buffer, 0);
        buffer = Math.Max(buffer - seconds, 0) + video.ChunkSeconds;
    }

    private void Extend(int position, int last, double buffer, double rebuffer, double bitrate, double change)
    {
        var levels = bitrates.Length;
        for (var level = Math.Min(levels - 1, last + reach); level >= Math.Max(0, last - reach); level--)
        {
            if (position == 0)
            {
                firstLevel = level;
            }

            var (nextBuffer, nextRebuffer) = (buffer, rebuffer);
            Play(position, level, ref nextBuffer, ref nextRebuffer);
            var nextBitrate = bitrate + bitrates[level];
            var nextChange = change + Math.Abs(bitrates[level] - bitrates[last]);
            var value = Value(nextBitrate, nextRebuffer, nextChange);
            if (position + 1 < length)
            {
                if (value + futures[((length - position - 1) * levels) + level] + Slack >= best)
                {
                    Extend(position + 1, level, nextBuffer, nextRebuffer, nextBitrate, nextChange);
                }
            }
            else if (value > best || (value == best && bestLevel < 0))
            {
                (best, bestLevel) = (value, firstLevel);
            }
        }
    }
}
