namespace Telecom.Plugins.Abr.Simulation;

/// <summary>What happened to one chunk.</summary>
public readonly record struct PlayedChunk
{
    /// <summary>Index of the chunk, from 0.</summary>
    public required int Chunk { get; init; }

    /// <summary>Level it was downloaded at; −1 where a caller did not say.</summary>
    public required int Level { get; init; }

    /// <summary>Size in bytes.</summary>
    public required double SizeBytes { get; init; }

    /// <summary>Time from request to last byte in ms, round trip and noise included.</summary>
    public required double DelayMs { get; init; }

    /// <summary>Pause after the download because the buffer was full, in ms.</summary>
    public double SleepMs { get; init; }

    /// <summary>Time the picture stood still while the chunk was downloaded, in s.</summary>
    public double RebufferSeconds { get; init; }

    /// <summary>Buffer after the chunk was added and any pause was made, in s.</summary>
    public double BufferSeconds { get; init; }

    /// <summary>Quality of the chunk, r_k.</summary>
    public double Reward { get; init; }

    /// <summary>Measured throughput in MB/s: size / delay / 1000, in this order.</summary>
    public double ThroughputMegabytesPerSecond => SizeBytes / DelayMs / 1000;
}
