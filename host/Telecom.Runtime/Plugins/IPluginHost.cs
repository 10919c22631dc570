namespace Telecom.Runtime.Plugins;

/// <summary>What serves loaded plugins.</summary>
internal interface IPluginHost
{
    /// <summary>Builds the servers of a loaded version and loads their weights, beside whatever serves.</summary>
    /// <param name="entry">The version; gets its route.</param>
    /// <param name="cancellationToken">Stops before the next model.</param>
    Task PrepareAsync(PluginEntry entry, CancellationToken cancellationToken);

    /// <summary>Lets every task of a prepared version answer its example, so that the first caller does not wait for the compiler.</summary>
    /// <returns>What went wrong, one text per task; empty when all answered.</returns>
    Task<IReadOnlyList<string>> WarmUpAsync(PluginEntry entry, CancellationToken cancellationToken);

    /// <summary>Sends requests to <paramref name="entry"/> from now on, instead of <paramref name="replaced"/>.</summary>
    void Swap(PluginEntry? entry, PluginEntry? replaced);

    /// <summary>Goes on without calls of plugins that do not return.</summary>
    void LeaveStuckCalls();
}
