using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>Finds what a user dropped into his plugin directories.</summary>
internal static class PluginFolders
{
    /// <returns>Plugin folders and misplaced DLLs, in order of directory and name.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/> naming a directory that does not exist.</exception>
    public static IEnumerable<string> Find(PluginCatalogOptions options)
    {
        foreach (var directory in options.Directories.Select(Path.GetFullPath))
        {
            if (!Directory.Exists(directory))
            {
                throw new TelecomException(ErrorCode.NotFound, $"The plugin directory '{directory}' does not exist. Create it or name another one.");
            }

            if (options.IsSingle || File.Exists(Path.Combine(directory, PluginManifestReader.FileName)))
            {
                yield return Path.TrimEndingDirectorySeparator(directory);
                continue;
            }

            // Names with a leading dot are folders that are still being written.
            foreach (var path in Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal))
            {
                var isPlugin = Directory.Exists(path) && !Path.GetFileName(path).StartsWith('.');
                if (isPlugin || path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
                {
                    yield return path;
                }
            }
        }
    }
}
