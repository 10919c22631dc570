using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>One question: at which level shall the next chunk be downloaded?</summary>
public sealed record AbrRequest
{
    /// <summary>The video.</summary>
    public required PlayableVideo Video { get; init; }

    /// <summary>Constants of player and metric.</summary>
    public required AbrProfile Profile { get; init; }

    /// <summary>Chunk to decide, 1 to K − 1.</summary>
    public required int Chunk { get; init; }

    /// <summary>Level of the chunk before.</summary>
    public required int LastLevel { get; init; }

    /// <summary>Buffer in s.</summary>
    public required double BufferSeconds { get; init; }

    /// <summary>
    /// Chunks of this session so far, oldest first. The simulator gives all of them; a client may give the latest only, without level, buffer and
    /// reward (see <see cref="HasContext"/>).
    /// </summary>
    public required ReadOnlyMemory<PlayedChunk> Played { get; init; }

    /// <summary>See <see cref="DecisionPoint.EarlierSession"/>.</summary>
    public ReadOnlyMemory<PlayedChunk> EarlierSession { get; init; }

    /// <summary>Whether <see cref="Played"/> carries levels, buffers and rewards, which policies with a context need.</summary>
    public bool HasContext { get; init; } = true;

    /// <summary>Target return of a return-conditioned policy as a multiple of its pool's best; null for its default.</summary>
    public double? TargetScale { get; init; }

    /// <summary>Seed of a learned policy's draw from its probabilities; null for the likeliest level.</summary>
    public int? SampleSeed { get; init; }

    /// <summary>The same as a rule policy sees it.</summary>
    internal DecisionPoint Point => new()
    {
        Video = Video,
        Profile = Profile,
        Chunk = Chunk,
        LastLevel = LastLevel,
        BufferSeconds = BufferSeconds,
        Played = Played.Span,
        EarlierSession = EarlierSession.Span,
    };
}
