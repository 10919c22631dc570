using System.Text.Json.Serialization;
using Telecom.Sdk.Json;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>A request on the wire.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AbrRequestDocument
{
    /// <summary>Known video.</summary>
    [Quantity("Video that this host knows; give this or video.")]
    public string? VideoId { get; init; }

    /// <summary>Video as data.</summary>
    [Quantity("Ladder and chunk sizes of the video; give this or videoId.")]
    public AbrVideoDocument? Video { get; init; }

    /// <summary>Chunk to decide.</summary>
    [Quantity("Index of the chunk to decide, counted from 0; below the chunks that are played.", Minimum = 1)]
    public required int ChunkIndex { get; init; }

    /// <summary>Level before.</summary>
    [Quantity("Level of the chunk before.", Minimum = 0)]
    public required int LastLevel { get; init; }

    /// <summary>Buffer.</summary>
    [Quantity("Video in the buffer; at most the player's cap and one chunk.", Unit = "s", Minimum = 0)]
    public required double BufferSeconds { get; init; }

    /// <summary>Latest downloads.</summary>
    [Quantity("Latest downloads, oldest first, at most 6; none at the start of a session.")]
    public IReadOnlyList<AbrDownloadDocument>? History { get; init; }

    /// <summary>Earlier steps.</summary>
    [Quantity("Chunks of this session so far, oldest first, for policies that look further back; replaces history.")]
    public IReadOnlyList<AbrStepDocument>? Context { get; init; }

    /// <summary>Target.</summary>
    [Quantity("Target return of a return-conditioned policy as a multiple of the best that it was trained on; its default when left out.", Minimum = 0)]
    public double? TargetScale { get; init; }

    /// <summary>Seed of a draw.</summary>
    [Quantity("Seed with which a learned policy draws the level by its probabilities; the likeliest level when left out.")]
    public int? SampleSeed { get; init; }
}
