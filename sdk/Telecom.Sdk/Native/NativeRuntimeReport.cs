namespace Telecom.Sdk.Native;

/// <summary>What <see cref="NativeRuntime"/> found and did, for <c>telecom doctor</c>.</summary>
public sealed record NativeRuntimeReport
{
    /// <summary>How loading went.</summary>
    public required NativeRuntimeStatus Status { get; init; }

    /// <summary>Folder libtorch was loaded from; null when none was found.</summary>
    public string? LibTorchPath { get; init; }

    /// <summary>Version of an external libtorch as its files state it; null when packaged or unknown.</summary>
    public string? LibTorchVersion { get; init; }

    /// <summary>The shim that was loaded: the packaged file or its patched copy; null when none was found.</summary>
    public string? ShimPath { get; init; }

    /// <summary>The system's C++ library that the shim was compared with; null where the question does not arise.</summary>
    public string? StandardLibraryPath { get; init; }

    /// <summary>Symbol versions that the shim needs and the system's C++ library lacks.</summary>
    public IReadOnlyList<string> MissingVersions { get; init; } = [];

    /// <summary>One sentence: what was missing and what was done about it.</summary>
    public required string Summary { get; init; }

    /// <summary>Files of libtorch's core (<c>libtorch_cpu</c>) mapped at the time of the report.</summary>
    public IReadOnlyList<string> MappedLibTorch { get; init; } = [];

    /// <summary>Files of the shim (<c>LibTorchSharp</c>) mapped at the time of the report.</summary>
    public IReadOnlyList<string> MappedShims { get; init; } = [];

    /// <summary>Whether exactly one libtorch and one shim are mapped; a second one means that somebody brought his own.</summary>
    public bool IsLoadedOnce => MappedLibTorch.Count == 1 && MappedShims.Count == 1;
}
