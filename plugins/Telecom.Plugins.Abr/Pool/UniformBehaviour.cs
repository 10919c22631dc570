using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Any level, all equally likely.</summary>
internal sealed class UniformBehaviour : IBehaviour
{
    public int Decide(PlaySession session, Random random) => random.Next(session.Spec.Video.Levels);
}
