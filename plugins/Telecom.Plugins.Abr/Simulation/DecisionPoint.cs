namespace Telecom.Plugins.Abr.Simulation;

/// <summary>All that a policy may look at when it picks the level of a chunk.</summary>
/// <remarks>
/// Policies are functions of this value and keep nothing between calls: sessions cannot leak into each other, and any host can continue any session.
/// </remarks>
public readonly ref struct DecisionPoint
{
    /// <summary>The video.</summary>
    public required PlayableVideo Video { get; init; }

    /// <summary>Constants of player and metric.</summary>
    public required AbrProfile Profile { get; init; }

    /// <summary>Chunk to decide, 1 to K − 1 (K is asked for once by callers that do not count).</summary>
    public required int Chunk { get; init; }

    /// <summary>Level of the chunk before.</summary>
    public required int LastLevel { get; init; }

    /// <summary>Buffer in s.</summary>
    public required double BufferSeconds { get; init; }

    /// <summary>Chunks of this session so far, oldest first; a caller may know only the latest.</summary>
    public required ReadOnlySpan<PlayedChunk> Played { get; init; }

    /// <summary>
    /// The session that was played before this one, for the mode that repeats the published evaluation, whose planner remembers it; empty otherwise.
    /// </summary>
    public ReadOnlySpan<PlayedChunk> EarlierSession { get; init; }
}
