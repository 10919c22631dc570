using System.Security.Cryptography;

namespace Telecom.Sdk.Native;

/// <summary>Keeps the patched shim in a folder of the user, one copy per original; any number of processes may use it at once.</summary>
internal static class ShimCache
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes sure that the patched copy exists and has exactly the given content.</summary>
    /// <param name="root">Folder of all copies.</param>
    /// <param name="fileName">Name of the copy.</param>
    /// <param name="original">Content that names the copy by its SHA-256.</param>
    /// <param name="patched">Content of the copy.</param>
    /// <returns>Absolute path of the copy.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to somebody else.</exception>
    public static string Store(string root, string fileName, ReadOnlySpan<byte> original, byte[] patched)
    {
        var folder = Path.Combine(Path.GetFullPath(root), Convert.ToHexStringLower(SHA256.HashData(original)));
        var path = Path.Combine(folder, fileName);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(patched))
        {
            return path;
        }

        CreateFolder(folder);
        var draft = Path.Combine(folder, $"{fileName}.{Guid.NewGuid():N}.tmp");
        try
        {
            File.WriteAllBytes(draft, patched);

            // A rename replaces the name only: processes that have the old file mapped keep it.
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }

        return path;
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }
}
