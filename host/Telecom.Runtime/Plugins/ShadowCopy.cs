namespace Telecom.Runtime.Plugins;

/// <summary>
/// A copy of a plugin folder, named by its fingerprint, from which the plugin is loaded, so that the original can be replaced while it runs.
/// Processes that share a state folder share the copy; the last one to let go deletes it.
/// </summary>
internal sealed class ShadowCopy : IDisposable
{
    private const string LeaseExtension = ".lease";

    // Only the author's machine has the package cache that this file points to; a plugin must not work there alone.
    private const string DeveloperFiles = "*.runtimeconfig.dev.json";

    private const int Attempts = 16;

    private readonly string leasePath;
    private readonly FileStream lease;

    private ShadowCopy(string folder, string leasePath, FileStream lease)
    {
        Folder = folder;
        this.leasePath = leasePath;
        this.lease = lease;
    }

    /// <summary>The copy.</summary>
    public string Folder { get; }

    /// <summary>
    /// Copies <paramref name="source"/> to <c>&lt;root&gt;/&lt;fingerprint&gt;</c> unless that is there already, and removes copies that nobody uses.
    /// </summary>
    /// <returns>The copy; null when the source changed meanwhile.</returns>
    public static ShadowCopy? TryCreate(string source, string root, string fingerprint)
    {
        Directory.CreateDirectory(root);
        RemoveUnused(root, fingerprint);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            // Another process may be deleting the copy of this name right now: then a neighbour's name does as well.
            var folder = Path.Combine(root, attempt == 0 ? fingerprint : FormattableString.Invariant($"{fingerprint}-{attempt}"));
            if (TryOpen(folder + LeaseExtension, FileShare.Read) is not { } lease)
            {
                continue;
            }

            var copy = new ShadowCopy(folder, folder + LeaseExtension, lease);
            if (Directory.Exists(folder) || TryFill(source, folder, fingerprint))
            {
                return copy;
            }

            copy.Dispose();
            return null;
        }

        throw new IOException($"No file can be created in '{root}'. Check its permissions and the free space, or choose another state folder.");
    }

    /// <summary>Lets go of the copy and deletes it when no other process uses it.</summary>
    public void Dispose()
    {
        lease.Dispose();
        TryRemove(leasePath);
    }

    private static bool TryFill(string source, string folder, string fingerprint)
    {
        var incoming = FormattableString.Invariant($"{folder}.{Guid.NewGuid():N}");
        CopyFiles(source, incoming);
        if (PluginFingerprint.Compute(incoming) != fingerprint)
        {
            Directory.Delete(incoming, recursive: true);
            return false;
        }

        foreach (var file in Directory.EnumerateFiles(incoming, DeveloperFiles))
        {
            File.Delete(file);
        }

        try
        {
            Directory.Move(incoming, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was faster with the same content.
            Directory.Delete(incoming, recursive: true);
        }

        return true;
    }

    private static void CopyFiles(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static void RemoveUnused(string root, string fingerprint)
    {
        foreach (var path in Directory.EnumerateFiles(root, "*" + LeaseExtension))
        {
            if (!Path.GetFileName(path).StartsWith(fingerprint, StringComparison.Ordinal))
            {
                TryRemove(path);
            }
        }
    }

    private static void TryRemove(string leasePath)
    {
        if (TryOpen(leasePath, FileShare.None) is not { } exclusive)
        {
            return;
        }

        using (exclusive)
        {
            var folder = leasePath[..^LeaseExtension.Length];
            try
            {
                // Renamed first: an interrupted deletion must not leave half a folder under a valid name.
                if (Directory.Exists(folder))
                {
                    Directory.Move(folder, FormattableString.Invariant($"{folder}.{Guid.NewGuid():N}"));
                }

                foreach (var leftover in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!, Path.GetFileName(folder) + ".*"))
                {
                    Directory.Delete(leftover, recursive: true);
                }

                File.Delete(leasePath);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Windows keeps loaded assemblies open until their context is collected; the next start removes what is left.
            }
        }
    }

    private static FileStream? TryOpen(string path, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, share);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
