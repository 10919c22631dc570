using Refit;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>
/// Adds, switches and removes plugins of a host that serves. <see cref="PluginsApiExtensions"/> uploads files. Changes take the tag of what the caller saw
/// (<see cref="PluginsApiExtensions.GetPluginAsync"/>): they are refused when the plugin changed since; null changes whatever is there.
/// </summary>
public interface IPluginsApi
{
    /// <summary>All plugin folders, refused ones with the reason.</summary>
    [Get("/api/v1/plugins")]
    Task<Page<PluginInfo>> ListPluginsAsync(int? limit, string? cursor, CancellationToken cancellationToken);

    /// <summary>One plugin as it is on the wire, refusals too; <see cref="PluginsApiExtensions.GetPluginAsync"/> gives plugin and tag.</summary>
    [Get("/api/v1/plugins/{id}")]
    Task<HttpResponseMessage> GetPluginResponseAsync(string id, CancellationToken cancellationToken);

    /// <summary>The latest 1000 changes of state with their reasons, newest first.</summary>
    [Get("/api/v1/plugins/events")]
    Task<Page<PluginEvent>> ListPluginEventsAsync(int? limit, string? cursor, CancellationToken cancellationToken);

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
    /// <exception cref="TelecomApiException"><c>not_found</c>; <c>precondition_failed</c>: it is no longer what the tag names.</exception>
    [Post("/api/v1/plugins/{id}:enable")]
    Task<PluginInfo> EnablePluginAsync(string id, [Header(RequestHeaders.IfMatch)] string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Unloads a plugin and keeps it so, also after a restart.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>; <c>precondition_failed</c>: it is no longer what the tag names.</exception>
    [Post("/api/v1/plugins/{id}:disable")]
    Task<PluginInfo> DisablePluginAsync(string id, [Header(RequestHeaders.IfMatch)] string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Loads the plugin's folder again and replaces what serves.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>; <c>precondition_failed</c>: it is no longer what the tag names.</exception>
    [Post("/api/v1/plugins/{id}:reload")]
    Task<PluginInfo> ReloadPluginAsync(string id, [Header(RequestHeaders.IfMatch)] string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Lets a plugin in quarantine serve again at once.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>; <c>precondition_failed</c>: it is no longer what the tag names.</exception>
    [Post("/api/v1/plugins/{id}:clear-quarantine")]
    Task<PluginInfo> ClearPluginQuarantineAsync(string id, [Header(RequestHeaders.IfMatch)] string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Unloads a plugin and deletes its folder.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>; <c>precondition_failed</c>; <c>unprocessable</c>: plugins that come with the host stay.</exception>
    [Delete("/api/v1/plugins/{id}")]
    Task RemovePluginAsync(string id, [Header(RequestHeaders.IfMatch)] string? ifMatch, CancellationToken cancellationToken);
}
