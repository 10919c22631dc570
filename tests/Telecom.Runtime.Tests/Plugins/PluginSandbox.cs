using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Telecom.Runtime.Plugins;

namespace Telecom.Runtime.Tests.Plugins;

/// <summary>A plugin directory and a state folder of one test, filled with copies of the fixture plugins.</summary>
internal sealed class PluginSandbox : IDisposable
{
    public static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "fixtures");

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("telecom-plugins-");

    public PluginSandbox(params ReadOnlySpan<string> fixtures)
    {
        Directory.CreateDirectory(Plugins);
        foreach (var fixture in fixtures)
        {
            Add(fixture);
        }
    }

    public string Plugins => Path.Combine(root.FullName, "plugins");

    public string State => Path.Combine(root.FullName, "state");

    public RecordingLogger<PluginCatalog> Logger { get; } = new();

    /// <summary>A folder of this sandbox that does not exist yet.</summary>
    public string Unused(string name) => Path.Combine(root.FullName, name);

    /// <summary>Copies a fixture under its own or another name; returns the folder.</summary>
    public string Add(string fixture, string? name = null, string? directory = null)
    {
        var target = Path.Combine(directory ?? Plugins, name ?? fixture);
        Copy(Path.Combine(Fixtures, fixture), target);
        return target;
    }

    public PluginCatalog Load(params string[] directories) => PluginCatalog.Load(Options(directories), new FixedTime(Now), Logger);

    public PluginCatalogOptions Options(params string[] directories) =>
        new() { Directories = directories.Length == 0 ? [Plugins] : directories, StateDirectory = State };

    public void Dispose() => root.Delete(recursive: true);

    public static void Copy(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>
    /// Disposes a catalog outside any async state machine, which could hold what is to be unloaded; below its ValueTask it works synchronously.
    /// </summary>
    public static void Release(PluginCatalog catalog)
    {
        var pending = catalog.DisposeAsync();
        Assert.True(pending.IsCompletedSuccessfully);
    }

    /// <summary>Changes the manifest of a plugin folder.</summary>
    public static void EditManifest(string folder, Action<JsonObject> edit)
    {
        var path = Path.Combine(folder, "plugin.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
