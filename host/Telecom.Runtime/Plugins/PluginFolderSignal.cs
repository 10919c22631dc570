namespace Telecom.Runtime.Plugins;

/// <summary>Hears of changes below the plugin directories. What it misses, the poll finds.</summary>
internal sealed class PluginFolderSignal : IDisposable
{
    private readonly List<FileSystemWatcher> watchers = [];
    private readonly Action<string> touched;

    /// <param name="directories">Plugin directories.</param>
    /// <param name="touched">Told the path of a plugin folder in which something changed; on any thread.</param>
    public PluginFolderSignal(IEnumerable<string> directories, Action<string> touched)
    {
        this.touched = touched;
        foreach (var directory in directories.Where(Directory.Exists))
        {
            Watch(directory);
        }
    }

    public void Dispose() => watchers.ForEach(watcher => watcher.Dispose());

    private void Watch(string directory)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Created += (_, change) => Tell(directory, change.FullPath);
            watcher.Changed += (_, change) => Tell(directory, change.FullPath);
            watcher.Deleted += (_, change) => Tell(directory, change.FullPath);
            watcher.Renamed += (_, change) =>
            {
                Tell(directory, change.OldFullPath);
                Tell(directory, change.FullPath);
            };
            watcher.EnableRaisingEvents = true;
            watchers.Add(watcher);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException)
        {
            // No watches left, or a file system without them: the poll is enough.
            watcher?.Dispose();
        }
    }

    private void Tell(string directory, string path)
    {
        var name = Path.GetRelativePath(directory, path).Split(Path.DirectorySeparatorChar)[0];
        if (!name.StartsWith('.'))
        {
            touched(Path.Combine(directory, name));
        }
    }
}
