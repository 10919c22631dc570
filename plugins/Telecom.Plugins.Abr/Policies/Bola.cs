using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Policies;

/// <summary>
/// BOLA-BASIC (Spiteri, Urgaonkar and Sitaraman, INFOCOM 2016) without pauses: argmax over m of (V (u_m + gp) − buffer) / BR[m] with
/// u_m = ln(BR[m] / BR[0]) and V = (Qmax − chunk) / (u_top + gp); the lowest level wins a tie.
/// </summary>
/// <param name="gp">Weight of smooth playback.</param>
/// <param name="fullBufferSeconds">Qmax in s.</param>
internal sealed class Bola(double gp, double fullBufferSeconds) : IAbrPolicy
{
    public int Decide(in DecisionPoint point)
    {
        var bitrates = point.Video.BitratesKbps;
        var lowest = bitrates[0];
        var weight = (fullBufferSeconds - point.Video.ChunkSeconds) / (Math.Log(bitrates[^1] / lowest) + gp);
        var (best, bestScore) = (0, double.NegativeInfinity);
        for (var level = 0; level < bitrates.Length; level++)
        {
            var score = ((weight * (Math.Log(bitrates[level] / lowest) + gp)) - point.BufferSeconds) / bitrates[level];
            if (score > bestScore)
            {
                (best, bestScore) = (level, score);
            }
        }

        return best;
    }
}
