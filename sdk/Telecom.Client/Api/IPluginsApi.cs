using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Adds, switches and removes plugins of a host that serves. <see cref="PluginsApiExtensions"/> uploads files.</summary>
public interface IPluginsApi
{
    /// <summary>All plugin folders, refused ones with the reason.</summary>
    [Get("/api/v1/plugins")]
    Task<ItemList<PluginInfo>> ListPluginsAsync(CancellationToken cancellationToken);

    /// <summary>The latest 1000 changes of state with their reasons, oldest first.</summary>
    [Get("/api/v1/plugins/events")]
    Task<ItemList<PluginEvent>> ListPluginEventsAsync(CancellationToken cancellationToken);

    /// <summary>Uploads a plugin: it serves before its folder is put into place; an earlier version finishes its requests.</summary>
    /// <param name="archive">A zip of the plugin folder with <c>Content-Type: application/zip</c>; 256 MiB and 2000 entries at most.</param>
    /// <param name="idempotencyKey">Makes sending twice install once; null for none.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    /// <exception cref="TelecomApiException">
    /// <c>manifest_invalid</c>, <c>contract_mismatch</c>, <c>not_allowed</c>, <c>payload_too_large</c> and the other reasons to refuse a plugin.
    /// </exception>
    [Post("/api/v1/plugins")]
    Task<PluginInfo> InstallPluginAsync(
        [Body] HttpContent archive, [Header(RequestHeaders.IdempotencyKey)] string? idempotencyKey, CancellationToken cancellationToken);

    /// <summary>Loads a plugin that was switched off.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such plugin.</exception>
    [Post("/api/v1/plugins/{id}:enable")]
    Task<PluginInfo> EnablePluginAsync(string id, CancellationToken cancellationToken);

    /// <summary>Unloads a plugin and keeps it so, also after a restart.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such plugin.</exception>
    [Post("/api/v1/plugins/{id}:disable")]
    Task<PluginInfo> DisablePluginAsync(string id, CancellationToken cancellationToken);

    /// <summary>Loads the plugin's folder again and replaces what serves.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such plugin.</exception>
    [Post("/api/v1/plugins/{id}:reload")]
    Task<PluginInfo> ReloadPluginAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lets a plugin in quarantine serve again at once.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such plugin.</exception>
    [Post("/api/v1/plugins/{id}:clear-quarantine")]
    Task<PluginInfo> ClearPluginQuarantineAsync(string id, CancellationToken cancellationToken);

    /// <summary>Unloads a plugin and deletes its folder.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>; <c>unprocessable</c>: plugins that come with the host stay.</exception>
    [Delete("/api/v1/plugins/{id}")]
    Task RemovePluginAsync(string id, CancellationToken cancellationToken);
}
