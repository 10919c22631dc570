using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Plays a rule policy.</summary>
internal sealed class RuleBehaviour(IAbrPolicy policy) : IBehaviour
{
    public int Decide(PlaySession session, Random random) => policy.Decide(session.Point);

    public bool TryScore(PlaySession session, Span<float> scores)
    {
        scores.Fill(IBehaviour.Dismissed);
        scores[policy.Decide(session.Point)] = 0;
        return true;
    }
}
