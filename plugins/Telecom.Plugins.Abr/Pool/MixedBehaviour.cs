using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>Lets another behaviour decide now and then.</summary>
/// <param name="usual">Decides otherwise.</param>
/// <param name="other">Decides with the given probability.</param>
/// <param name="probability">In [0, 1], per decision.</param>
internal sealed class MixedBehaviour(IBehaviour usual, IBehaviour other, double probability) : IBehaviour
{
    public int Decide(PlaySession session, Random random) =>
        random.NextDouble() < probability ? other.Decide(session, random) : usual.Decide(session, random);

    public bool TryScore(PlaySession session, Span<float> scores) => usual.TryScore(session, scores);
}
