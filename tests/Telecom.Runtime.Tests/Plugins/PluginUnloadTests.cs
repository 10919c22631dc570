using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Telecom.Runtime.Plugins;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginUnloadTests
{
    private const string Assembly = "Telecom.Fixtures.Affine";

    [Fact]
    public void The_original_folder_can_be_replaced_while_the_plugin_serves()
    {
        using var sandbox = new PluginSandbox("affine");
        var folder = Path.Combine(sandbox.Plugins, "affine");

        LoadDeleteAndAnswer(sandbox, folder);

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_disposed_catalog_leaves_nothing_of_its_plugins_in_memory_or_on_disk()
    {
        using var sandbox = new PluginSandbox("affine", "private-dependency-a");

        // The cycle repeats: what one load leaves behind by design (the JIT's own caches) must not grow.
        for (var round = 0; round < 20; round++)
        {
            var context = LoadUseAndDispose(sandbox);

            Assert.False(context.IsAlive);
            Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => IsFrom(assembly, sandbox));
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(sandbox.State, "plugins", "affine")));
        }
    }

    [Fact]
    public void A_plugin_that_somebody_holds_is_reported_as_pending()
    {
        using var sandbox = new PluginSandbox("affine");
        var (records, held) = LoadHoldAndDispose(sandbox);

        Assert.Equal(PluginState.UnloadPending, Assert.Single(records).State);
        Assert.Contains(sandbox.Logger.Entries, entry => entry.Id.Id == EventIds.PluginUnloadPending);
        GC.KeepAlive(held);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadUseAndDispose(PluginSandbox sandbox)
    {
        var catalog = sandbox.Load();
        var context = Use(catalog);
        PluginSandbox.Release(catalog);
        Assert.All(catalog.Plugins, plugin => Assert.Equal(PluginState.Unloaded, plugin.State));
        Assert.Empty(catalog.Tasks);
        Assert.Empty(catalog.Datasets.All);
        return context;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(PluginCatalog catalog)
    {
        var task = catalog.Task("affine").Definition;
        Assert.Equal("""{"y":[3,3,3,3],"s":4}""", task.Accept(new JsonAnswer("""{"x":[1,1,1,1]}""")));
        Assert.NotEmpty(task.RequestSchema);
        return new(AssemblyLoadContext.GetLoadContext(task.GetType().GenericTypeArguments[0].Assembly), trackResurrection: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadDeleteAndAnswer(PluginSandbox sandbox, string folder)
    {
        var catalog = sandbox.Load();
        Directory.Delete(folder, recursive: true);
        Assert.NotEqual(folder, catalog.Folder("affine"));
        Assert.True(File.Exists(Path.Combine(catalog.Folder("affine")!, Assembly + ".dll")));
        Assert.True(Use(catalog).IsAlive);
        PluginSandbox.Release(catalog);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (IReadOnlyList<PluginRecord> Records, object Held) LoadHoldAndDispose(PluginSandbox sandbox)
    {
        var catalog = sandbox.Load();
        var held = catalog.Task("affine");
        PluginSandbox.Release(catalog);
        return (catalog.Plugins, held);
    }

    private static bool IsFrom(System.Reflection.Assembly assembly, PluginSandbox sandbox) =>
        !assembly.IsDynamic && assembly.Location.StartsWith(sandbox.State, StringComparison.Ordinal);
}
