using System.Reflection;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins;

namespace Telecom.Runtime.Plugins;

/// <summary>The collectible load context of one plugin: shared assemblies come from the host, all others from the plugin's folder.</summary>
internal sealed class PluginLoadContext : IDisposable
{
    private readonly PluginLoader loader;
    private readonly AssemblyLoadContext context;

    private PluginLoadContext(PluginLoader loader, Assembly main)
    {
        this.loader = loader;
        Main = main;
        context = AssemblyLoadContext.GetLoadContext(main)!;
    }

    /// <summary>The main assembly.</summary>
    public Assembly Main { get; }

    /// <summary>Everything the context loaded itself: name, version and path, one text each.</summary>
    public IEnumerable<string> Loaded =>
        context.Assemblies.Select(assembly => $"{assembly.GetName().Name} {assembly.GetName().Version} from {assembly.Location}");

    /// <summary>Dies once nothing of the plugin is left.</summary>
    public WeakReference Lifetime => new(context, trackResurrection: true);

    /// <summary>Loads the main assembly of a folder that passed pre-flight.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="mainFile">File name of the main assembly.</param>
    /// <param name="shared">What comes from outside the folder.</param>
    /// <param name="contracts">Where contracts of other plugins come from; everything else that is shared comes from the host below it.</param>
    public static PluginLoadContext Load(string folder, string mainFile, SharedAssemblies shared, ContractContext contracts)
    {
        var config = new PluginConfig(Path.Combine(folder, mainFile)) { IsUnloadable = true, DefaultContext = contracts };
        foreach (var name in shared.Roots)
        {
            config.SharedAssemblies.Add(name);
        }

        foreach (var name in shared.Overridable.Values)
        {
            config.PrivateAssemblies.Add(name);
        }

        var loader = new PluginLoader(config);
        try
        {
            return new(loader, loader.LoadDefaultAssembly());
        }
        catch
        {
            loader.Dispose();
            throw;
        }
    }

    /// <summary>Loads another assembly of the plugin's folder.</summary>
    public Assembly Load(string file) => loader.LoadAssemblyFromPath(Path.Combine(Path.GetDirectoryName(Main.Location)!, file));

    /// <summary>Starts unloading; it ends when the last reference into the plugin is gone.</summary>
    public void Dispose() => loader.Dispose();
}
