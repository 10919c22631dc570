using System.Text;

namespace Telecom.Runtime.Plugins;

/// <summary>The files of a plugin folder in the one order that fingerprint and archive share.</summary>
internal static class PluginFiles
{
    /// <summary>The signature, which cannot be part of what it signs.</summary>
    public const string SignatureName = "plugin.json.sig";

    /// <returns>All files, ordered by the UTF-8 bytes of their names.</returns>
    public static IEnumerable<PluginFile> Enumerate(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => new PluginFile(path, Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')))
        .OrderBy(file => Encoding.UTF8.GetBytes(file.Name), Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
}
