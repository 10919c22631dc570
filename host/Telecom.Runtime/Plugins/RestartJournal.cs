using System.IO.MemoryMappedFiles;
using System.Text;

namespace Telecom.Runtime.Plugins;

/// <summary>
/// Whose code runs right now, in a file that outlives the process: one line per plugin version, mapped into memory, so that a mark costs no system
/// call and is on disk even when the process is killed the next moment.
/// </summary>
/// <remarks>
/// A line that is open in the file of a process that is gone names a plugin whose code was running when the process died. Whether it died of that
/// code cannot be known: who ends a host with SIGKILL in the middle of a call puts the plugin under suspicion, too.
/// </remarks>
internal sealed class RestartJournal : IDisposable
{
    private const string Extension = ".journal";
    private const int LineBytes = 256;
    private const int Lines = 256;
    private const int TextOffset = 2;
    private const byte Open = 1;

    private readonly Lock gate = new();
    private readonly string path;
    private readonly FileStream file;
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly bool[] isTaken = new bool[Lines];

    private RestartJournal(string path)
    {
        this.path = path;
        file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        file.SetLength(Lines * LineBytes);
        map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor();
    }

    /// <summary>Reads what processes that are gone left behind, and starts the journal of this one.</summary>
    /// <param name="folder">Folder of journals, one per process.</param>
    /// <param name="suspects">Plugin versions whose code was running when a process died.</param>
    public static RestartJournal Start(string folder, out IReadOnlyList<JournalEntry> suspects)
    {
        Directory.CreateDirectory(folder);
        suspects = [.. Directory.EnumerateFiles(folder, "*" + Extension).SelectMany(TakeOver).Distinct()];
        return new(Path.Combine(folder, FormattableString.Invariant($"{Guid.NewGuid():N}{Extension}")));
    }

    /// <returns>A line for a plugin version; null when the journal is full.</returns>
    public JournalSlot? Add(JournalEntry entry)
    {
        var text = Encoding.UTF8.GetBytes($"{entry.PluginId}\n{entry.Fingerprint}");
        lock (gate)
        {
            var index = Array.IndexOf(isTaken, false);
            if (index < 0 || text.Length > LineBytes - TextOffset)
            {
                return null;
            }

            isTaken[index] = true;
            var start = (long)index * LineBytes;
            view.Write(start, (byte)0);
            view.Write(start + 1, (byte)text.Length);
            view.WriteArray(start + TextOffset, text, 0, text.Length);
            return new(this, index);
        }
    }

    /// <summary>Writes what the file holds now, for tests: it is locked against all other readers.</summary>
    internal void CopyTo(string target)
    {
        view.Flush();
        var bytes = new byte[Lines * LineBytes];
        view.ReadArray(0, bytes, 0, bytes.Length);
        File.WriteAllBytes(target, bytes);
    }

    internal void Mark(int index, bool isOpen) => view.Write((long)index * LineBytes, isOpen ? Open : (byte)0);

    internal void Free(int index)
    {
        lock (gate)
        {
            isTaken[index] = false;
            if (view.CanWrite)
            {
                Mark(index, isOpen: false);
            }
        }
    }

    /// <summary>Ends the journal: the process goes in good order.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            view.Dispose();
            map.Dispose();
            file.Dispose();
            File.Delete(path);
        }
    }

    private static List<JournalEntry> TakeOver(string path)
    {
        try
        {
            byte[] bytes;
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None))
            {
                bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
            }

            File.Delete(path);
            return [.. bytes.Chunk(LineBytes).Where(line => line.Length == LineBytes && line[0] == Open).Select(Read).OfType<JournalEntry>()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process that runs owns it.
            return [];
        }
    }

    private static JournalEntry? Read(byte[] line)
    {
        var parts = Encoding.UTF8.GetString(line, TextOffset, Math.Min((int)line[1], LineBytes - TextOffset)).Split('\n');
        return parts.Length == 2 ? new(parts[0], parts[1]) : null;
    }
}
