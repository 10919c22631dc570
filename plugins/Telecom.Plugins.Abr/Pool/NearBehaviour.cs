using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>A level at most two from the last one, all equally likely: explores without the jumps that no policy makes.</summary>
internal sealed class NearBehaviour : IBehaviour
{
    private const int Farthest = 2;

    public int Decide(PlaySession session, Random random) =>
        Math.Clamp(session.State.LastLevel + random.Next(-Farthest, Farthest + 1), 0, session.Spec.Video.Levels - 1);
}
