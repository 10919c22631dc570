using System.Security.Cryptography;
using System.Text;

namespace Telecom.Runtime.Plugins;

/// <summary>Identity of a plugin folder: names and contents of all its files.</summary>
public static class PluginFingerprint
{
    /// <summary>
    /// SHA-256 over the files, without the signature <c>plugin.json.sig</c> of the folder, in the order of their relative paths' UTF-8 bytes, each as path, NUL, lower-case hex SHA-256 of the content, line feed.
    /// </summary>
    /// <returns>Lower-case hex, 64 characters.</returns>
    public static string Compute(string folder) => Compute(PluginFiles.Enumerate(folder).Where(file => file.Name != PluginFiles.SignatureName));

    internal static string Compute(IEnumerable<PluginFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            using var content = File.OpenRead(file.Path);
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\0{Convert.ToHexStringLower(SHA256.HashData(content))}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
