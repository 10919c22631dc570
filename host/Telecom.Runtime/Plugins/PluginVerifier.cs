using Microsoft.Extensions.Logging.Abstractions;

namespace Telecom.Runtime.Plugins;

/// <summary>Tells an author whether a host of this version would load his folder, by loading it the way a host does.</summary>
public static class PluginVerifier
{
    /// <summary>Loads a plugin folder, or every folder of a plugin directory, with the production loader and releases it again.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="time">Clock of the records.</param>
    /// <param name="cancellationToken">Checked between loading and releasing.</param>
    /// <returns>
    /// One record per plugin: <see cref="PluginState.Active"/> when it would serve, otherwise the refusal. A plugin that could not be unloaded
    /// afterwards carries a warning.
    /// </returns>
    /// <exception cref="Sdk.Errors.TelecomException"><see cref="Sdk.Errors.ErrorCode.NotFound"/> when there is no such directory.</exception>
    public static async Task<IReadOnlyList<PluginRecord>> VerifyAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var state = Directory.CreateTempSubdirectory("telecom-verify-");
        try
        {
            var options = new PluginCatalogOptions
            {
                Directories = [directory],
                StateDirectory = state.FullName,
                IsSingle = !HoldsPlugins(directory),
            };
            var catalog = PluginCatalog.Load(options, time, NullLogger<PluginCatalog>.Instance);
            var found = catalog.Plugins;
            await catalog.DisposeAsync().ConfigureAwait(false);
            await catalog.WaitForPendingAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return [.. found.Zip(catalog.Plugins, Conclude)];
        }
        finally
        {
            Delete(state);
        }
    }

    private static bool HoldsPlugins(string directory) =>
        Directory.Exists(directory)
        && Directory.EnumerateDirectories(directory).Any(folder => File.Exists(Path.Combine(folder, PluginManifestReader.FileName)));

    private static PluginRecord Conclude(PluginRecord loaded, PluginRecord released) => released.State is PluginState.UnloadPending
        ? loaded with { Warnings = [.. loaded.Warnings, released.Reason!] }
        : loaded;

    private static void Delete(DirectoryInfo state)
    {
        try
        {
            state.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps the files of a plugin that stayed in memory open; the system clears its temporary folder.
        }
    }
}
