using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Plays a rule policy.</summary>
internal sealed class RuleBehaviour(IAbrPolicy policy) : IBehaviour
{
    public int Decide(PlaySession session, Random random) => policy.Decide(session.Point);
}
