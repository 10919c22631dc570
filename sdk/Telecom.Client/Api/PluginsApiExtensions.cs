using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Telecom.Client.Documents;

namespace Telecom.Client.Api;

/// <summary>Uploads plugins from files and streams.</summary>
public static class PluginsApiExtensions
{
    private const string Zip = "application/zip";

    /// <summary>One plugin, and the tag that guards changes of it.</summary>
    /// <exception cref="TelecomApiException"><c>not_found</c>: there is no such plugin.</exception>
    public static async Task<Tagged<PluginInfo>> GetPluginAsync(this IPluginsApi api, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        using var response = await api.GetPluginResponseAsync(id, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await Refusals.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var plugin = await response.Content.ReadFromJsonAsync(ClientJson.Default.PluginInfo, cancellationToken).ConfigureAwait(false);
            return plugin is not null && response.Headers.ETag is { } tag
                ? new(plugin, tag.ToString())
                : throw TelecomApiException.Unreadable("the plugin has no tag", response.StatusCode);
        }
        catch (JsonException exception)
        {
            throw TelecomApiException.Unreadable(exception.Message, response.StatusCode, exception);
        }
    }

    /// <summary>Uploads a zip file as <c>telecom plugins pack</c> writes it.</summary>
    /// <param name="api">The host.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="TelecomApiException">The host refuses the plugin.</exception>
    public static async Task<PluginInfo> InstallPluginAsync(this IPluginsApi api, string path, CancellationToken cancellationToken)
    {
        var file = File.OpenRead(path);
        await using (file.ConfigureAwait(false))
        {
            // The file can be read again, so that a lost connection need not end the upload.
            return await InstallPluginAsync(api, file, Guid.CreateVersion7().ToString("N"), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Uploads a zip.</summary>
    /// <param name="api">The host.</param>
    /// <param name="archive">The zip, from its present position on; stays open.</param>
    /// <param name="idempotencyKey">Names the upload, so that it may be sent again; null for none, and for streams that cannot go back.</param>
    /// <param name="cancellationToken">Stops the upload.</param>
    /// <exception cref="TelecomApiException">The host refuses the plugin.</exception>
    public static async Task<PluginInfo> InstallPluginAsync(
        this IPluginsApi api, Stream archive, string? idempotencyKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(archive);
        if (idempotencyKey is not null && !archive.CanSeek)
        {
            throw new ArgumentException("A stream that cannot go back cannot be sent again: give no key with it.", nameof(idempotencyKey));
        }

        using var content = new StreamContent(new KeptStream(archive));
        content.Headers.ContentType = new MediaTypeHeaderValue(Zip);
        return await api.InstallPluginAsync(content, idempotencyKey, cancellationToken).ConfigureAwait(false);
    }
}
