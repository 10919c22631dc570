namespace Telecom.Plugins.Abr.Simulation;

/// <summary>The linear quality of experience of Pensieve.</summary>
internal static class Quality
{
    /// <summary>r_k = BR[q_k]/1000 − μ · rebuffer[s] − λ · |BR[q_k] − BR[q_{k−1}]|/1000, from nominal bitrates, never from sizes.</summary>
    public static double Reward(PlayableVideo video, AbrProfile profile, int level, int lastLevel, double rebufferSeconds)
    {
        var bitrates = video.BitratesKbps;
        return (bitrates[level] / 1000)
            - (profile.RebufferPenalty * rebufferSeconds)
            - (profile.SmoothnessPenalty * Math.Abs(bitrates[level] - bitrates[lastLevel]) / 1000);
    }
}
