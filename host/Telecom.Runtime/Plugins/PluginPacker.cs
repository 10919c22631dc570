using System.IO.Compression;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>Packs a plugin folder into a zip that unpacks into a plugin directory. Equal content gives equal bytes.</summary>
public static class PluginPacker
{
    // The zip format's first day, and plain read permission: nothing of the packing machine gets in.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const int ReadableFile = 0x81A4 << 16;

    private static readonly string[] NativeExtensions = [".so", ".dylib", ".dll"];

    /// <summary>Checks the folder as the loader does before loading, and writes the zip with everything below <c>&lt;id&gt;/</c>.</summary>
    /// <param name="folder">The plugin folder.</param>
    /// <param name="zipPath">The file to write; an existing one is replaced once the new one is complete.</param>
    /// <returns>What was packed and what was left out.</returns>
    /// <exception cref="TelecomException">The folder would be refused by a host.</exception>
    public static PackReport Pack(string folder, string zipPath)
    {
        var source = Path.GetFullPath(folder);
        var manifest = PluginManifestReader.Read(source);
        var shared = SharedAssemblies.Host;
        PluginPreflight.Check(source, manifest, shared);
        var target = Path.GetFullPath(zipPath);
        var files = PluginFiles.Enumerate(source).Where(file => file.Path != target).ToLookup(file => Stays(file, shared));
        var incoming = FormattableString.Invariant($"{target}.{Guid.NewGuid():N}.tmp");
        try
        {
            Write(incoming, manifest.Id, files[true]);
            File.Move(incoming, target, overwrite: true);
        }
        finally
        {
            File.Delete(incoming);
        }

        return new(
            target,
            PluginFingerprint.Compute(files[true]),
            [.. files[true].Select(file => file.Name)],
            [.. files[false].Select(file => file.Name)]);
    }

    private static void Write(string path, string id, IEnumerable<PluginFile> files)
    {
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var file in files)
        {
            var entry = zip.CreateEntry($"{id}/{file.Name}", CompressionLevel.Optimal);
            entry.LastWriteTime = Epoch;
            entry.ExternalAttributes = ReadableFile;
            using var target = entry.Open();
            using var source = File.OpenRead(file.Path);
            source.CopyTo(target);
        }
    }

    private static bool Stays(PluginFile file, SharedAssemblies shared)
    {
        var name = Path.GetFileName(file.Name);
        if (name.EndsWith(".runtimeconfig.json", StringComparison.Ordinal) || name.EndsWith(".runtimeconfig.dev.json", StringComparison.Ordinal))
        {
            return false;
        }

        var extension = Path.GetExtension(name);
        var assembly = Path.GetFileNameWithoutExtension(name);
        var isShared = extension is ".dll" or ".pdb" or ".xml" && shared.IsImposed(assembly);
        return !isShared && !(NativeExtensions.Contains(extension) && IsTorch(name) && AssemblyFacts.TryRead(file.Path) is null);
    }

    // Natives of TorchSharp and libtorch; below runtimes/<rid>/native/ or flat, as builds for one runtime lay them.
    private static bool IsTorch(string name) =>
        name.Contains("torch", StringComparison.OrdinalIgnoreCase) || name.StartsWith("libc10", StringComparison.Ordinal) || name is "c10.dll";
}
