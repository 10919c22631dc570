namespace Telecom.Runtime;

/// <summary>What the runtime computes with and whether it can answer.</summary>
public sealed record RuntimeStatus
{
    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Name of the shared base; <c>none</c> without one.</summary>
    public required string BaseName { get; init; }

    /// <summary>Fingerprint of the shared base; null without one.</summary>
    public required string? BaseFingerprint { get; init; }

    /// <summary>One line on the native tensor library: version, path, and whether its shim had to be patched.</summary>
    public required string NativeLibrary { get; init; }

    /// <summary>Whether natives and base are loaded and every required plugin is active.</summary>
    public required bool IsReady { get; init; }

    /// <summary>What keeps it from being ready, or limits it; empty when all is well.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}
