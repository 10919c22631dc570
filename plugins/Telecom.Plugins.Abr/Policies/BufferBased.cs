using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>BBA (Huang et al., SIGCOMM 2014) as Pensieve plays it: the level grows linearly with the buffer from 5 s to 15 s.</summary>
internal sealed class BufferBased : IAbrPolicy
{
    private const double ReservoirSeconds = 5;
    private const double CushionSeconds = 10;

    public int Decide(in DecisionPoint point)
    {
        var highest = point.Video.Levels - 1;
        return point.BufferSeconds < ReservoirSeconds ? 0
            : point.BufferSeconds >= ReservoirSeconds + CushionSeconds ? highest
            : (int)(highest * (point.BufferSeconds - ReservoirSeconds) / CushionSeconds);
    }
}
