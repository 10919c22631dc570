using System.Security.Cryptography;
using System.Text;

namespace Telecom.Runtime.Plugins;

/// <summary>Identity of a plugin folder: names and contents of all its files.</summary>
public static class PluginFingerprint
{
    /// <summary>
    /// SHA-256 over the files in the order of their relative paths' UTF-8 bytes, each as path, NUL, lower-case hex SHA-256 of the content, line feed.
    /// </summary>
    /// <returns>Lower-case hex, 64 characters.</returns>
    public static string Compute(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, name) in Files(folder))
        {
            using var stream = File.OpenRead(path);
            hash.AppendData(name);
            hash.AppendData([0]);
            hash.AppendData(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(stream))));
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<(string Path, byte[] Name)> Files(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => (Path: path, Name: Encoding.UTF8.GetBytes(RelativePath(folder, path))))
        .OrderBy(file => file.Name, Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));

    private static string RelativePath(string folder, string path) =>
        Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
}
