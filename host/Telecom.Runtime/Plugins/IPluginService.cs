namespace Telecom.Runtime.Plugins;

/// <summary>Lets an operator change plugins of a host that serves. One change at a time; safe to call from any thread.</summary>
public interface IPluginService
{
    /// <summary>The latest transitions of all plugins, oldest first.</summary>
    IReadOnlyList<PluginTransition> History { get; }

    /// <summary>Unpacks a plugin, loads it, and serves it instead of an earlier version; only then its folder is put into place.</summary>
    /// <param name="archive">A zip of the plugin folder; at most 256 MiB.</param>
    /// <param name="cancellationToken">Stops reading the archive.</param>
    /// <returns>The plugin.</returns>
    /// <exception cref="Sdk.Errors.TelecomException">The archive or the plugin is refused; nothing has changed.</exception>
    Task<PluginStatus> InstallAsync(Stream archive, CancellationToken cancellationToken);

    /// <summary>Loads a plugin that was switched off.</summary>
    /// <param name="id">Plugin id.</param>
    /// <param name="precondition">Called when the turn of this change has come; throws to keep it from happening. Null for none.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn.</param>
    /// <returns>The plugin after the change.</returns>
    /// <exception cref="Sdk.Errors.TelecomException"><see cref="Sdk.Errors.ErrorCode.NotFound"/>.</exception>
    Task<PluginStatus> EnableAsync(string id, Action? precondition, CancellationToken cancellationToken);

    /// <summary>Unloads a plugin and keeps it so, also after a restart.</summary>
    /// <inheritdoc cref="EnableAsync"/>
    Task<PluginStatus> DisableAsync(string id, Action? precondition, CancellationToken cancellationToken);

    /// <summary>Loads a plugin's folder again beside what serves, and replaces it.</summary>
    /// <inheritdoc cref="EnableAsync"/>
    Task<PluginStatus> ReloadAsync(string id, Action? precondition, CancellationToken cancellationToken);

    /// <summary>Lets a plugin serve again at once.</summary>
    /// <inheritdoc cref="EnableAsync"/>
    Task<PluginStatus> ClearQuarantineAsync(string id, Action? precondition, CancellationToken cancellationToken);

    /// <summary>Unloads a plugin and deletes its folder.</summary>
    /// <param name="id">Plugin id.</param>
    /// <param name="precondition">Called when the turn of this change has come; throws to keep it from happening. Null for none.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn.</param>
    /// <exception cref="Sdk.Errors.TelecomException">
    /// <see cref="Sdk.Errors.ErrorCode.NotFound"/>; <see cref="Sdk.Errors.ErrorCode.Unprocessable"/> for a plugin that comes with the host.
    /// </exception>
    Task RemoveAsync(string id, Action? precondition, CancellationToken cancellationToken);
}
