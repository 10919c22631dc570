namespace Telecom.Plugins.Abr.Simulation;

/// <summary>Constants of the player, the link and the quality metric; what belongs to a video comes from <see cref="PlayableVideo"/>.</summary>
public sealed record AbrProfile
{
    /// <summary>The profile <c>netllm-abr</c>: the values of Pensieve (SIGCOMM 2017) that GENET and NetLLM keep.</summary>
    public static AbrProfile NetLlm { get; } = new();

    /// <summary>Buffer above which the player stops downloading, in ms.</summary>
    public double BufferCapMs { get; init; } = 60_000;

    /// <summary>The player pauses in multiples of this many ms.</summary>
    public double DrainQuantumMs { get; init; } = 500;

    /// <summary>Round trip added to the delay of every chunk, in ms; it does not move the clock of the trace.</summary>
    public double RoundTripMs { get; init; } = 80;

    /// <summary>Share η of the link capacity that carries payload, in (0, 1].</summary>
    public double PayloadShare { get; init; } = 0.95;

    /// <summary>Half-width of the delay noise: a delay is multiplied by U(1 − noise, 1 + noise); 0 for none, below 1.</summary>
    public double DelayNoise { get; init; }

    /// <summary>Level of chunk 0, which is played before any decision.</summary>
    public int FirstLevel { get; init; }

    /// <summary>Penalty per second of rebuffering.</summary>
    public double RebufferPenalty { get; init; } = 4.3;

    /// <summary>Penalty per Mbit/s of change between neighbouring chunks.</summary>
    public double SmoothnessPenalty { get; init; } = 1.0;

    /// <summary>
    /// Whether <c>mpc</c> plays as in the published comparisons (<c>compat=netllm</c>): plans step by one level, sizes are read one chunk late, and its
    /// estimates and errors outlive a session. Sessions must then be played in order.
    /// </summary>
    public bool IsPublishedPlanner { get; init; }

    /// <summary>Chunks of history in an observation.</summary>
    public int HistoryLength { get; init; } = 6;
}
