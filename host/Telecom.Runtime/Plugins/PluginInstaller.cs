using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Puts plugins into a plugin directory and takes them out. A host that serves from it follows by itself; nothing is half there at any moment.
/// </summary>
public static class PluginInstaller
{
    private const string Incoming = ".incoming";

    /// <summary>Checks a plugin by loading it, and puts it into the directory, instead of an earlier version.</summary>
    /// <param name="source">A plugin folder, or a zip of one.</param>
    /// <param name="directory">The plugin directory.</param>
    /// <param name="time">Clock of the record.</param>
    /// <param name="cancellationToken">Ends before anything has changed.</param>
    /// <returns>The plugin in its place.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NotFound"/>: there is no such source; otherwise why a host would refuse it. Nothing has changed then.
    /// </exception>
    public static async Task<PluginRecord> AddAsync(string source, string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var work = Directory.CreateDirectory(Path.Combine(directory, Incoming, Guid.NewGuid().ToString("N")));
        try
        {
            var unpacked = Fetch(Path.GetFullPath(source), work.CreateSubdirectory("files").FullName);
            var id = PluginManifestReader.Read(unpacked, requiresFolderName: false).Id;
            var named = Path.Combine(work.CreateSubdirectory("plugin").FullName, id);
            Directory.Move(unpacked, named);
            var record = (await PluginVerifier.VerifyAsync(named, time, cancellationToken).ConfigureAwait(false))[0];
            if (record.Error is { } code)
            {
                throw new TelecomException(code, record.Reason!);
            }

            var target = Path.Combine(directory, id);
            Replace(named, target, Path.Combine(work.FullName, "before"));
            return record with { Folder = target };
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>Deletes a plugin's folder.</summary>
    /// <param name="id">Plugin id.</param>
    /// <param name="directory">The plugin directory.</param>
    /// <returns>The folder that is gone.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NotFound"/>, listing what is there.</exception>
    public static string Remove(string id, string directory)
    {
        var known = Directory.EnumerateDirectories(directory)
            .Where(folder => File.Exists(Path.Combine(folder, PluginManifestReader.FileName)))
            .Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (!known.Contains(id))
        {
            throw new TelecomException(ErrorCode.NotFound, $"There is no plugin '{id}' in '{directory}'. Plugins there: {Listing.Of(known)}.");
        }

        var away = Directory.CreateDirectory(Path.Combine(directory, Incoming, Guid.NewGuid().ToString("N"))).FullName;
        var folder = Path.Combine(directory, id);
        Directory.Move(folder, Path.Combine(away, id));
        Directory.Delete(away, recursive: true);
        return folder;
    }

    private static string Fetch(string source, string target)
    {
        if (File.Exists(source))
        {
            using var archive = File.OpenRead(source);
            return PluginArchive.Unpack(archive, target);
        }

        if (!Directory.Exists(source))
        {
            throw new TelecomException(ErrorCode.NotFound, $"There is no plugin folder or zip '{source}'.");
        }

        foreach (var file in PluginFiles.Enumerate(source))
        {
            var copy = Path.Combine(target, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file.Path, copy);
        }

        return target;
    }

    private static void Replace(string fresh, string target, string before)
    {
        if (Directory.Exists(target))
        {
            Directory.Move(target, before);
        }

        Directory.Move(fresh, target);
    }
}
