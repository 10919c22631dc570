using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Picks the levels of one session that is recorded; unlike a policy it may know the trace and draw random numbers.</summary>
internal interface IBehaviour
{
    /// <returns>Level of the next chunk.</returns>
    int Decide(PlaySession session, Random random);
}
