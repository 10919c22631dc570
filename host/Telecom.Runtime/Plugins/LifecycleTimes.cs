namespace Telecom.Runtime.Plugins;

/// <summary>Times of following the plugin directories.</summary>
internal sealed record LifecycleTimes
{
    /// <summary>A folder is looked at this often even when nothing was heard of it.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A folder is taken when it has not changed for this long.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests of an old version may take this long before they are cancelled.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
