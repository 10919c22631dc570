using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Plugins;

/// <summary>One plugin that passed every check and is in memory.</summary>
internal sealed class LoadedPlugin
{
    private readonly WeakReference lifetime;
    private readonly ShadowCopy copy;
    private PluginLoadContext? context;
    private PluginComposition? composition;

    private LoadedPlugin(PluginManifest manifest, ShadowCopy copy, PluginLoadContext context, PluginComposition composition)
    {
        Manifest = manifest;
        this.copy = copy;
        this.context = context;
        this.composition = composition;
        lifetime = context.Lifetime;
    }

    public PluginManifest Manifest { get; }

    /// <summary>The copy it was loaded from.</summary>
    public string Folder => copy.Folder;

    public IReadOnlyList<TaskDefinition> Tasks => composition?.Tasks ?? [];

    public IReadOnlyList<IDataset> Datasets => composition?.Datasets ?? [];

    /// <summary>Whether anything of it is still in memory: its load context, or an assembly that the runtime still lists.</summary>
    public bool IsAlive => context is not null || lifetime.IsAlive || HasAssemblies();

    /// <summary>Loads and composes a folder that passed pre-flight.</summary>
    /// <exception cref="TelecomException">Says what the plugin's own code did wrong.</exception>
    public static LoadedPlugin Load(PluginManifest manifest, PreflightResult preflight, ShadowCopy copy, ContractContext contracts)
    {
        PluginLoadContext? context = null;
        try
        {
            context = PluginLoadContext.Load(copy.Folder, manifest.Main, Share(manifest, copy.Folder, contracts), contracts);
            var assemblies = preflight.ExportingFiles.Select(context.Load).ToList();
            return new(manifest, copy, context, PluginComposition.Create(assemblies, manifest, () => context.Loaded));
        }
        catch (Exception exception)
        {
            context?.Dispose();
            if (exception is TelecomException)
            {
                throw;
            }

            var cause = PluginFaults.Unwrap(exception);
            throw new TelecomException(ErrorCode.PluginFault, $"The plugin could not be loaded: {PluginFaults.Describe(cause)}", cause);
        }
    }

    // Contracts that nobody brought before become the shared ones now; a contract of the host stays the host's.
    private static SharedAssemblies Share(PluginManifest manifest, string folder, ContractContext contracts)
    {
        foreach (var name in manifest.SharedAssemblies.Where(name => !SharedAssemblies.Host.Versions.ContainsKey(name)))
        {
            if (contracts.Known([name]).Count == 0)
            {
                contracts.Add(Path.Combine(folder, name + ".dll"), manifest.Id);
            }
        }

        return SharedAssemblies.Host.With(contracts.Known(manifest.SharedAssemblies));
    }

    /// <summary>Disposes parts and container and starts unloading. Not inlined: no reference into the plugin may outlive this frame.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Release()
    {
        try
        {
            composition?.Dispose();
        }
        finally
        {
            composition = null;
            context?.Dispose();
            context = null;
        }
    }

    // The list of the runtime is the check that never lies: a context may be collected before the code that it loaded. Another version may run from
    // the same copy; its assemblies belong to a context of their own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasAssemblies() => Array.Exists(
        AppDomain.CurrentDomain.GetAssemblies(),
        assembly => assembly is { IsDynamic: false, IsCollectible: true }
            && assembly.Location.StartsWith(copy.Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && AssemblyLoadContext.GetLoadContext(assembly) is null);

    /// <summary>Lets go of the copy, once nothing of the plugin is in memory.</summary>
    public void DeleteCopy() => copy.Dispose();
}
