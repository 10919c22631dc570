namespace Telecom.Plugins.Abr.Pool;

/// <summary>First part of a pool file.</summary>
internal sealed record PoolHeader
{
    /// <summary>What the file is.</summary>
    public required string Format { get; init; }

    /// <summary>Version of the layout.</summary>
    public required int Version { get; init; }

    /// <summary>Records N.</summary>
    public required int Records { get; init; }

    /// <summary>Columns W of an observation.</summary>
    public required int Width { get; init; }

    /// <summary>Levels M.</summary>
    public required int Levels { get; init; }

    /// <summary>Whether scores of the levels follow; since version 2.</summary>
    public bool HasScores { get; init; }

    /// <summary>Floor of the rewards; null where there is none.</summary>
    public double? RewardFloor { get; init; }

    /// <summary>SHA-256 of all bytes behind the header, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Where the records come from.</summary>
    public required IReadOnlyList<PoolSource> Sources { get; init; }
}
