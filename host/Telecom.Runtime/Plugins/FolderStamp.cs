using System.Globalization;
using System.Text;

namespace Telecom.Runtime.Plugins;

/// <summary>Tells cheaply whether a plugin folder changed: names, lengths and times of its files, without reading them.</summary>
internal static class FolderStamp
{
    /// <returns>A text that changes with the folder; null when there is none.</returns>
    public static string? Of(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                return Line(string.Empty, new(path));
            }

            if (!Directory.Exists(path))
            {
                return null;
            }

            var text = new StringBuilder("folder\n");
            foreach (var file in PluginFiles.Enumerate(path))
            {
                text.Append(Line(file.Name, new(file.Path)));
            }

            return text.ToString();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Something moves while it is looked at: it differs from whatever comes next.
            return Guid.NewGuid().ToString();
        }
    }

    /// <summary>Whether every file opens for reading.</summary>
    public static bool IsReadable(string path)
    {
        try
        {
            foreach (var file in Directory.Exists(path) ? PluginFiles.Enumerate(path).Select(file => file.Path) : [path])
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Line(string name, FileInfo file) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\n");
}
