namespace Telecom.Plugins.Abr.Pool;

/// <summary>Where a run of records comes from.</summary>
internal sealed record PoolSource
{
    /// <summary>Behaviour policy, e.g. <c>mpc</c>, <c>hindsight</c>, or <c>mpc~uniform:0.1</c>.</summary>
    public required string Policy { get; init; }

    /// <summary>Set of the traces.</summary>
    public required string Set { get; init; }

    /// <summary>SHA-256 of the traces, lower-case hex.</summary>
    public required string TracesSha256 { get; init; }

    /// <summary>Video.</summary>
    public required string Video { get; init; }

    /// <summary>SHA-256 of ladder and sizes, lower-case hex.</summary>
    public required string VideoSha256 { get; init; }

    /// <summary>Seed of noise, start pointers and exploration.</summary>
    public required int Seed { get; init; }

    /// <summary>Half-width of the delay noise; 0 for none.</summary>
    public required double DelayNoise { get; init; }

    /// <summary>How sessions were varied; null where they were not.</summary>
    public string? Variation { get; init; }

    /// <summary>Start pointers per trace.</summary>
    public required int StartsPerTrace { get; init; }

    /// <summary>Records that this source gave.</summary>
    public required int Records { get; init; }
}
