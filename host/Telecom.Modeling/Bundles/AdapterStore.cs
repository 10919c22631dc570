using System.Globalization;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Bundles;

/// <summary>Adapters in the state folder: <c>adapters/&lt;name&gt;/&lt;version&gt;/</c>, each with the two files of PEFT's layout.</summary>
/// <remarks>A version never changes once it is there; a new one appears whole.</remarks>
public sealed class AdapterStore(string stateDirectory)
{
    private const string FolderName = "adapters";
    private const int MaxNameLength = 64;
    private static readonly string[] Files = [BundleLayout.AdapterConfiguration, BundleLayout.AdapterWeights];
    private readonly string root = Path.Combine(stateDirectory, FolderName);

    /// <summary>Whether a name can be an adapter's: letters, digits, '-', '_' and '.', at most 64, not beginning with '.'.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <returns>Every version of every adapter, by name and version.</returns>
    public IReadOnlyList<StoredAdapter> List() => Directory.Exists(root)
        ? [.. Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder)).Where(IsName).Order(StringComparer.Ordinal).SelectMany(Versions)]
        : [];

    /// <summary>Finds <c>name</c>, its newest version, or <c>name@version</c>.</summary>
    /// <returns>Null when there is none.</returns>
    public StoredAdapter? Find(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var at = reference.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? reference : reference[..at];
        return IsName(name)
            ? Versions(name).LastOrDefault(stored => at < 0 || stored.Version.ToString(CultureInfo.InvariantCulture) == reference[(at + 1)..])
            : null;
    }

    /// <summary>Copies the two files of an adapter, which the caller has checked, into the next version.</summary>
    /// <param name="name">Name, see <see cref="IsName"/>.</param>
    /// <param name="source">Folder with both files.</param>
    /// <returns>The new version.</returns>
    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: the name cannot be used.</exception>
    public StoredAdapter Add(string name, string source)
    {
        RequireName(name);
        var folder = Path.Combine(root, name);
        Directory.CreateDirectory(folder);

        // Hidden, so that whoever lists versions never takes a half-copied folder for one.
        var temporary = Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp");
        try
        {
            Copy(source, temporary);
            while (true)
            {
                var version = Versions(name).Select(stored => stored.Version).DefaultIfEmpty().Max() + 1;
                var target = Path.Combine(folder, version.ToString(CultureInfo.InvariantCulture));
                if (TryMove(temporary, target))
                {
                    return new StoredAdapter(name, version, target);
                }
            }
        }
        catch
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw;
        }
    }

    /// <exception cref="TelecomException"><see cref="ErrorCode.InvalidInput"/>: the name cannot be used.</exception>
    public static void RequireName(string name)
    {
        if (!IsName(name))
        {
            throw new TelecomException(
                ErrorCode.InvalidInput,
                $"'{name}' cannot name an adapter: use up to {MaxNameLength} letters, digits, '-', '_' and '.', and no '.' at the beginning.");
        }
    }

    /// <summary>Copies the two files of an adapter into a folder, which is made.</summary>
    public static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Files)
        {
            File.Copy(Path.Combine(source, file), Path.Combine(target, file));
        }
    }

    // Two imports at once: the later one of the same number takes the next.
    private static bool TryMove(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (IOException) when (Directory.Exists(to))
        {
            return false;
        }
    }

    private IEnumerable<StoredAdapter> Versions(string name)
    {
        var folder = Path.Combine(root, name);
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder)
                .Select(path => new StoredAdapter(name, Version(Path.GetFileName(path)), path))
                .Where(stored => stored.Version > 0)
                .OrderBy(stored => stored.Version)
            : [];
    }

    // 0 for a folder that is no version; "007" is none either, since nobody would find it again.
    private static int Version(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
        && version.ToString(CultureInfo.InvariantCulture) == name
            ? version
            : 0;
}
