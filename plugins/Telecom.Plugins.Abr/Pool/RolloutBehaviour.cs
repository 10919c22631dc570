using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>
/// Plays a rule policy, and scores every level by what the session would earn if that level came next and the policy played the rest: one step of policy
/// iteration (Bertsekas, Rollout algorithms, 1997), on the true trace but with a continuation that does not know it.
/// </summary>
/// <param name="policy">Behaviour and continuation.</param>
internal sealed class RolloutBehaviour(IAbrPolicy policy) : IBehaviour
{
    private PlayedChunk[] log = [];

    public int Decide(PlaySession session, Random random) => policy.Decide(session.Point);

    public bool TryScore(PlaySession session, Span<float> scores)
    {
        if (log.Length < session.Spec.Video.Chunks)
        {
            log = new PlayedChunk[session.Spec.Video.Chunks];
        }

        session.Played.CopyTo(log);
        for (var level = 0; level < scores.Length; level++)
        {
            scores[level] = (float)Earn(session, level);
        }

        return true;
    }

    // Sum of the rewards to the end of the session, without noise.
    private double Earn(PlaySession session, int level)
    {
        var (simulator, state, sum) = (session.Simulator, session.State, 0.0);
        while (true)
        {
            ref var chunk = ref log[state.Chunk];
            chunk = simulator.Step(ref state, level);
            sum += chunk.Reward;
            if (state.Chunk >= simulator.Video.Chunks)
            {
                return sum;
            }

            level = policy.Decide(new()
            {
                Video = simulator.Video,
                Profile = simulator.Profile,
                Chunk = state.Chunk,
                LastLevel = state.LastLevel,
                BufferSeconds = state.BufferMs / 1000,
                Played = log.AsSpan(0, state.Chunk),
            });
        }
    }
}
