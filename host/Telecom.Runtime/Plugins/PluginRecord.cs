using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>What is known about one plugin folder; lists of plugins show these.</summary>
public sealed record PluginRecord
{
    /// <summary>Plugin id; the name of folder or file where no manifest could be read.</summary>
    public required string Id { get; init; }

    /// <summary>Semantic version; null where no manifest could be read.</summary>
    public string? Version { get; init; }

    /// <summary>Where it stands.</summary>
    public required PluginState State { get; init; }

    /// <summary>Why it does not serve; null while it does.</summary>
    public ErrorCode? Error { get; init; }

    /// <summary>The same in words, with what to do about it.</summary>
    public string? Reason { get; init; }

    /// <summary>Fingerprint of the folder as it was loaded; null where it was not read that far.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The folder as the user sees it.</summary>
    public required string Folder { get; init; }

    /// <summary>Ids of its tasks: of the exports once loaded, of the manifest before.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>Ids of its datasets, likewise.</summary>
    public IReadOnlyList<string> Datasets { get; init; } = [];

    /// <summary>Oddities that did not keep it from loading, e.g. unknown members of the manifest.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>When it entered this state.</summary>
    public required DateTimeOffset SinceUtc { get; init; }
}
