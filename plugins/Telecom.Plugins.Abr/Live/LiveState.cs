using Telecom.Plugins.Abr.Contracts;

namespace Telecom.Plugins.Abr.Live;

/// <summary>What a live session remembers.</summary>
internal sealed record LiveState
{
    /// <summary>Version of this record.</summary>
    public required int Version { get; init; }

    /// <summary>Levels of the video.</summary>
    public required int Levels { get; init; }

    /// <summary>Chunks that the video plays.</summary>
    public required int Chunks { get; init; }

    /// <summary>Index of the first remembered chunk.</summary>
    public required int FirstChunk { get; init; }

    /// <summary>Chunks played so far.</summary>
    public required IReadOnlyList<AbrStepDocument> Played { get; init; }
}
