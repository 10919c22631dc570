namespace Telecom.Sdk.Domains;

/// <summary>One video, cut into chunks of equal duration and encoded at several bitrates.</summary>
public sealed record VideoLadder
{
    /// <summary>Name within its data set.</summary>
    public required string Name { get; init; }

    /// <summary>Nominal bitrate of each level in kbit/s, strictly increasing; M levels.</summary>
    public required ReadOnlyMemory<double> BitratesKbps { get; init; }

    /// <summary>Duration of a chunk in milliseconds.</summary>
    public required double ChunkMilliseconds { get; init; }

    /// <summary>Chunks that a session plays, K.</summary>
    public required int ChunksPlayed { get; init; }

    /// <summary>Size of every chunk at every level in bytes, [R, M] row-major, R ≥ K; rows beyond K are known to exist but never downloaded.</summary>
    public required ReadOnlyMemory<int> SizesBytes { get; init; }

    /// <summary>Number of levels M.</summary>
    public int Levels => BitratesKbps.Length;

    /// <summary>Rows of the size table R.</summary>
    public int Rows => Levels == 0 ? 0 : SizesBytes.Length / Levels;
}
