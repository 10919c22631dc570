using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>The same level always.</summary>
internal sealed class FixedLevel(int level) : IAbrPolicy
{
    public int Decide(in DecisionPoint point) => Math.Min(level, point.Video.Levels - 1);
}
