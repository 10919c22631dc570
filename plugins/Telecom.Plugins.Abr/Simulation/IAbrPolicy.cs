namespace Telecom.Plugins.Abr.Simulation;

/// <summary>Picks levels. A pure function: no state, no randomness, safe on any thread, no allocation.</summary>
internal interface IAbrPolicy
{
    /// <returns>Level of chunk <see cref="DecisionPoint.Chunk"/>, 0 to M − 1.</returns>
    int Decide(in DecisionPoint point);
}
