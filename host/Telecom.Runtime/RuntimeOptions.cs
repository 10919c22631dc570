using Telecom.Modeling.Bases;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Sessions;
using Telecom.Sdk.Native;

namespace Telecom.Runtime;

/// <summary>Where the runtime finds plugins, weights and its state.</summary>
public sealed record RuntimeOptions
{
    /// <summary>Plugin folders' parents, in order; the first-party ones are staged next to the host.</summary>
    public required IReadOnlyList<string> PluginDirectories { get; init; }

    /// <summary>Folder of everything the host writes: shadow copies, trained bundles, the store.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The shared base: <c>shipped</c>, <c>random:SEED</c>, <c>none</c>, or a checkpoint folder.</summary>
    public string Base { get; init; } = "shipped";

    /// <summary>What a base in a checkpoint folder computes in; the shipped base stays float32, and with it the published figures of the tasks.</summary>
    public BasePrecision Precision { get; init; }

    /// <summary>
    /// Bundle folders that serve instead of the shipped or trained ones; each card names the task and method it is for. Any defect is an error at start.
    /// </summary>
    public IReadOnlyList<string> Bundles { get; init; } = [];

    /// <summary>Where the native tensor library lies; null leaves it to the environment.</summary>
    public NativeRuntimeOptions? Native { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads of one tensor operation; 0 leaves the choice to libtorch.</summary>
    public int Threads { get; init; }

    /// <summary>Whether every task answers its example once before the start is over, so that the first caller does not wait for the compiler.</summary>
    public bool WarmUp { get; init; }

    /// <summary>Directory among them whose plugins come with the host: trusted as the host is, never written to. Null for none.</summary>
    public string? HostPluginDirectory { get; init; }

    /// <summary>Whether plugins that are added, replaced or removed while the host runs take effect at once.</summary>
    public bool WatchPlugins { get; init; }

    /// <summary>Rows of one batch at most.</summary>
    public int MaxBatchRows { get; init; } = 32;

    /// <summary>Tokens of one batch at most, where its method counts them.</summary>
    public int MaxBatchTokens { get; init; } = 8192;

    /// <summary>How long a request waits for others to fill its batch; none by default, when batches hold what queued while the executor was busy.</summary>
    public TimeSpan MaxQueueDelay { get; init; }

    /// <summary>Requests that may wait before new ones are refused.</summary>
    public int MaxQueue { get; init; } = 1024;

    /// <summary>Time in which a request is answered or refused, unless it says otherwise.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Memory and number of adapters.</summary>
    public AdapterLimits Adapters { get; init; } = new();

    /// <summary>Number and patience of sessions.</summary>
    public SessionLimits Sessions { get; init; } = new();
}
