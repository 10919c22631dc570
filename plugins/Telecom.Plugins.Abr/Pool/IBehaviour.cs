using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Picks the levels of one session that is recorded; unlike a policy it may know the trace and draw random numbers.</summary>
internal interface IBehaviour
{
    /// <summary>Score of the levels beside the one that a behaviour without values of its own would play, which scores 0.</summary>
    const float Dismissed = -16;

    /// <returns>Level of the next chunk.</returns>
    int Decide(PlaySession session, Random random);

    /// <summary>
    /// Says how good every level would be now, which is what policies learn where what was played is not what should be: after exploration, or where
    /// several levels are nearly as good. Called before <see cref="Decide"/>.
    /// </summary>
    /// <param name="session">The session; not changed.</param>
    /// <param name="scores">[M], in units of reward, written; only differences matter.</param>
    /// <returns>False when this behaviour has no opinion.</returns>
    bool TryScore(PlaySession session, Span<float> scores) => false;
}
