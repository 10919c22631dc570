using Telecom.Modeling.Bases;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>
/// Takes the path that costs least on this machine. Every path is measured once at start-up, on the widths and element type of the base, on a small
/// grid of adapters, tokens per adapter and rank; in between and beyond, the logarithm of the cost is linear in the logarithms of the three.
/// </summary>
public sealed class CalibratedPaths : IPathChooser
{
    /// <summary>Time that the measurement takes at most.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(200);

    // Wider layers raise the costs of all paths alike.
    private const long MaxWidth = 512;
    private const int Repetitions = 3;

    // What takes as long as this runs twice only: it is large against the noise of one run.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(3);

    private static readonly int[] RunPoints = [2, 16];
    private static readonly int[] TokenPoints = [1, 8, 64];
    private static readonly int[] RankPoints = [8, 64];
    private static readonly bool[] Kinds = [false, true];
    private static readonly ServingPath[] Paths = Enum.GetValues<ServingPath>();

    // ln(seconds) at the points, by path and kind of layer.
    private readonly Dictionary<(ServingPath, bool IsFeedForward), double[,,]> costs;

    private CalibratedPaths(Dictionary<(ServingPath, bool), double[,,]> costs) => this.costs = costs;

    /// <inheritdoc/>
    public bool StacksAtOnce => false;

    /// <summary>Measures all paths. Executor thread only.</summary>
    /// <param name="weights">The base.</param>
    /// <param name="time">Clock.</param>
    /// <returns>The rule of thumb when the time ran out before every path was measured.</returns>
    public static IPathChooser Measure(BaseWeights weights, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(time);
        using var noGradient = no_grad();
        var start = time.GetTimestamp();
        var costs = new Dictionary<(ServingPath, bool), double[,,]>();
        foreach (var path in Paths)
        {
            costs[(path, false)] = new double[RunPoints.Length, TokenPoints.Length, RankPoints.Length];
            costs[(path, true)] = new double[RunPoints.Length, TokenPoints.Length, RankPoints.Length];
        }

        foreach (var (isFeedForward, n, m, r) in Points())
        {
            using var scope = NewDisposeScope();
            var probe = Probe(weights, isFeedForward, n, m, r);
            foreach (var path in Paths)
            {
                if (time.GetElapsedTime(start) > Budget)
                {
                    return new RuleOfThumb();
                }

                // What the mask throws away makes the largest point costly to measure and never worth taking: continued from the two before.
                var table = costs[(path, isFeedForward)];
                table[n, m, r] = path == ServingPath.Masked && m == TokenPoints.Length - 1
                    ? (2 * table[n, m - 1, r]) - table[n, m - 2, r]
                    : Math.Log(Seconds(probe, path, time));
            }
        }

        return new CalibratedPaths(costs);
    }

    /// <inheritdoc/>
    public ServingPath Choose(in MixedShape shape)
    {
        var (segmented, masked) = (Cost(ServingPath.Segmented, shape), Cost(ServingPath.Masked, shape));
        var gathered = shape.IsEven ? Cost(ServingPath.Gathered, shape) : double.PositiveInfinity;
        return gathered <= Math.Min(segmented, masked) ? ServingPath.Gathered
            : masked < segmented ? ServingPath.Masked
            : ServingPath.Segmented;
    }

    /// <returns>Estimated seconds of one linear layer.</returns>
    internal double Cost(ServingPath path, in MixedShape shape)
    {
        var table = costs[(path, shape.IsFeedForward)];
        var (n, m, r) = (
            Place(RunPoints, shape.Runs), Place(TokenPoints, (double)shape.Tokens / shape.Runs), Place(RankPoints, shape.Rank));
        var sum = 0.0;
        for (var corner = 0; corner < 8; corner++)
        {
            var (i, j, k) = (corner >> 2, (corner >> 1) & 1, corner & 1);
            sum += n.Weight(i) * m.Weight(j) * r.Weight(k) * table[n.Cell + i, m.Cell + j, r.Cell + k];
        }

        return Math.Exp(sum);
    }

    // Cheap ones first, token points in rising order.
    private static IEnumerable<(bool IsFeedForward, int N, int M, int R)> Points() =>
        from m in Enumerable.Range(0, TokenPoints.Length)
        from r in Enumerable.Range(0, RankPoints.Length)
        from n in Enumerable.Range(0, RunPoints.Length)
        from isFeedForward in Kinds
        select (isFeedForward, n, m, r);

    private static PathProbe Probe(BaseWeights weights, bool isFeedForward, int n, int m, int r)
    {
        var inputs = Math.Min(weights.Configuration.HiddenSize, MaxWidth);
        var outputs = isFeedForward ? Math.Min(weights.Configuration.FeedForwardSize, MaxWidth) : inputs;
        var device = weights.Tensors.Values.First().device;
        return new PathProbe(RunPoints[n], TokenPoints[m], RankPoints[r], inputs, outputs, weights.ElementType, device);
    }

    private static double Seconds(PathProbe probe, ServingPath path, TimeProvider time)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Repetitions && (i < 2 || best < Long); i++)
        {
            var start = time.GetTimestamp();
            using (NewDisposeScope())
            {
                probe.Run(path);
            }

            var elapsed = time.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        return Math.Max(best.TotalSeconds / PathProbe.Layers, 1e-9);
    }

    private static Position Place(int[] points, double value)
    {
        var cell = points.Length > 2 && value > points[1] ? 1 : 0;
        return new Position(cell, Math.Log(value / points[cell]) / Math.Log((double)points[cell + 1] / points[cell]));
    }

    // Where a value lies between two points, 0 to 1, or beyond them.
    private readonly record struct Position(int Cell, double Fraction)
    {
        public double Weight(int corner) => corner == 0 ? 1 - Fraction : Fraction;
    }
}
