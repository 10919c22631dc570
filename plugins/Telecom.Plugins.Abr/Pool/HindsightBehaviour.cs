using Telecom.Plugins.Abr.Hindsight;
using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Plays the plan of <see cref="HindsightPlanner"/> and plans anew where noise or exploration led the session away from it.</summary>
internal sealed class HindsightBehaviour(HindsightPlanner planner) : IBehaviour
{
    // As wide as the planner's bins: smaller differences are none to it.
    private const double ToleranceMs = 200;

    private int[] levels = [];
    private PlaybackState expected;

    public int Decide(PlaySession session, Random random)
    {
        var level = Planned(session);
        expected = session.State;
        session.Simulator.Step(ref expected, level);
        return level;
    }

    public bool TryScore(PlaySession session, Span<float> scores)
    {
        scores.Fill(IBehaviour.Dismissed);
        scores[Planned(session)] = 0;
        return true;
    }

    private int Planned(PlaySession session)
    {
        var (simulator, state) = (session.Simulator, session.State);
        if (state.Chunk != expected.Chunk || state.LastLevel != expected.LastLevel || Math.Abs(state.BufferMs - expected.BufferMs) > ToleranceMs)
        {
            levels = new int[simulator.Video.Chunks];
            planner.PlanFrom(simulator, state, levels);
        }

        expected = state;
        return levels[state.Chunk];
    }
}
