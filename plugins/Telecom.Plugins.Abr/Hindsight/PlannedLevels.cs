using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Hindsight;

/// <summary>Plays a plan.</summary>
/// <param name="levels">Level of every chunk.</param>
internal sealed class PlannedLevels(IReadOnlyList<int> levels) : IAbrPolicy
{
    public int Decide(in DecisionPoint point) => levels[point.Chunk];
}
