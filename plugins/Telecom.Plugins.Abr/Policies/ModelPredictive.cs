using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>RobustMPC (Yin et al., SIGCOMM 2015): the first level of the best plan over the next five chunks at the discounted estimate.</summary>
/// <param name="isJumpLimited">
/// Plays the variant of the published comparisons instead: neighbouring levels differ by at most one, and sizes are read one chunk too late.
/// </param>
internal sealed class ModelPredictive(bool isJumpLimited = false) : IAbrPolicy
{
    /// <summary>Chunks of a plan.</summary>
    public const int Horizon = 5;

    public int Decide(in DecisionPoint point)
    {
        var left = Math.Min(Horizon, point.Video.Chunks - point.Chunk);
        if (left <= 0 || point.Played.IsEmpty)
        {
            return 0;
        }

        var capacity = RobustEstimate.Compute(point.Played, point.EarlierSession);
        return new PlanSearch(point, left, capacity, isJumpLimited || point.Profile.IsPublishedPlanner, stackalloc double[(Horizon + 1) * point.Video.Levels]).Best();
    }
}
