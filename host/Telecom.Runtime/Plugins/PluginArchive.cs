using System.Buffers;
using System.IO.Compression;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>Unpacks an uploaded plugin without trusting anything it says about itself.</summary>
internal static class PluginArchive
{
    /// <summary>Most bytes of a plugin, packed or not.</summary>
    public const long MaxBytes = 256L << 20;

    private const int MaxEntries = 2000;
    private const int MaxRatio = 100;

    // Below this much a ratio says nothing: a file of zeros or of one long line is small and harmless.
    private const long RatioFreeBytes = 1 << 20;

    private const int BufferBytes = 1 << 16;
    private const int UnixTypeMask = 0xF000;
    private const int UnixRegular = 0x8000;
    private const int UnixFolder = 0x4000;

    private static readonly char[] Forbidden = [.. "\\:*?\"<>|\0"];

    /// <summary>Unpacks into an empty folder.</summary>
    /// <param name="archive">A seekable zip.</param>
    /// <param name="target">An empty folder; the caller deletes it, also after a refusal.</param>
    /// <returns>The folder with <c>plugin.json</c>: <paramref name="target"/>, or the only folder in it.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.InvalidInput"/>: no zip, an entry that leaves the folder, a link, more than 2000 entries, 256 MiB or 100 times its size.
    /// </exception>
    public static string Unpack(Stream archive, string target)
    {
        try
        {
            using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.Entries.Count > MaxEntries)
            {
                throw Refuse($"It has {zip.Entries.Count} entries; {MaxEntries} are allowed.");
            }

            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var left = Math.Min(MaxBytes, Math.Max(RatioFreeBytes, archive.Length * MaxRatio));
            foreach (var entry in zip.Entries)
            {
                var parts = Check(entry, names);
                if (!entry.FullName.EndsWith('/'))
                {
                    left = Write(entry, Path.Combine([target, .. parts]), left);
                }
            }
        }
        catch (InvalidDataException exception)
        {
            throw Refuse($"It cannot be read: {exception.Message}");
        }

        return Root(target);
    }

    private static string[] Check(ZipArchiveEntry entry, HashSet<string> names)
    {
        var name = entry.FullName;
        var parts = name.TrimEnd('/').Split('/');
        var isPlain = parts.All(part => part.Length > 0 && part is not ("." or "..") && part.IndexOfAny(Forbidden) < 0 && !part.EndsWith('.'));
        if (!isPlain)
        {
            throw Refuse($"The entry '{name}' would not lie inside of the plugin's folder.");
        }

        // The upper half of the attributes are those of Unix, or zero where the packer knows none.
        var type = (entry.ExternalAttributes >> 16) & UnixTypeMask;
        if (type is not (0 or UnixRegular or UnixFolder))
        {
            throw Refuse($"The entry '{name}' is a link or a device; only files and folders are allowed.");
        }

        return names.Add(name.TrimEnd('/')) ? parts : throw Refuse($"It has two entries named '{name}'.");
    }

    // Counts what comes out, not what the headers promise.
    private static long Write(ZipArchiveEntry entry, string path, long left)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var source = entry.Open();
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            var ownLeft = Math.Max(RatioFreeBytes, entry.CompressedLength * MaxRatio);
            for (int count; (count = source.Read(buffer)) > 0;)
            {
                left -= count;
                ownLeft -= count;
                if (left < 0 || ownLeft < 0)
                {
                    throw Refuse($"It unpacks to more than {MaxBytes >> 20} MiB, or to more than {MaxRatio} times its size, at '{entry.FullName}'.");
                }

                file.Write(buffer.AsSpan(0, count));
            }

            return left;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Root(string target)
    {
        if (File.Exists(Path.Combine(target, PluginManifestReader.FileName)))
        {
            return target;
        }

        return Directory.GetFileSystemEntries(target) is [var only] && Directory.Exists(only)
            ? only
            : throw Refuse($"It must hold {PluginManifestReader.FileName}, or one folder that does.");
    }

    private static TelecomException Refuse(string why) => new(ErrorCode.InvalidInput, FormattableString.Invariant($"The archive is refused. {why}"));
}
