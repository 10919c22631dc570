using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text.Json.Nodes;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class SharedContractTests
{
    [Fact]
    public async Task Two_plugins_that_name_a_contract_assembly_exchange_its_types()
    {
        using var sandbox = new PluginSandbox("shared-contract-a", "shared-contract-b");
        await using var catalog = sandbox.Load();

        Assert.All(catalog.Plugins, plugin => Assert.Equal((PluginState.Active, null), (plugin.State, plugin.Reason)));
        Assert.All(catalog.Plugins, plugin => Assert.Empty(plugin.Warnings));
        Assert.Equal(["readings-a", "readings-b"], catalog.Datasets.All.Select(dataset => dataset.Descriptor.Id));
        Assert.Single(catalog.Datasets.All.Select(dataset => dataset.RecordType).Distinct());
        Assert.Equal(new Version(2, 0, 0, 0), catalog.Datasets.All[0].RecordType.Assembly.GetName().Version);
    }

    [Fact]
    public async Task A_plugin_that_does_not_name_the_contract_keeps_its_own_copy()
    {
        using var sandbox = new PluginSandbox("shared-contract-a", "shared-contract-b");
        PluginSandbox.EditManifest(Path.Combine(sandbox.Plugins, "shared-contract-b"), manifest => manifest.Remove("sharedAssemblies"));
        await using var catalog = sandbox.Load();

        Assert.All(catalog.Plugins, plugin => Assert.Equal((PluginState.Active, null), (plugin.State, plugin.Reason)));
        Assert.Equal(2, catalog.Datasets.All.Select(dataset => dataset.RecordType).Distinct().Count());
    }

    [Fact]
    public async Task A_contract_newer_than_the_one_loaded_first_is_refused_with_its_owner()
    {
        using var sandbox = new PluginSandbox("shared-contract-b");
        var second = sandbox.Unused("second");
        sandbox.Add("shared-contract-a", directory: second);
        await using var catalog = sandbox.Load(sandbox.Plugins, second);

        Assert.Equal(ErrorCode.SharedVersionConflict, catalog.Plugins[1].Error);
        Assert.Contains(
            "needs Telecom.Fixtures.Contracts 2.0.0.0, but plugin 'shared-contract-b' brought 1.0.0.0",
            catalog.Plugins[1].Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_that_nobody_brings_is_refused()
    {
        using var sandbox = new PluginSandbox("affine");
        PluginSandbox.EditManifest(
            Path.Combine(sandbox.Plugins, "affine"),
            manifest => manifest["sharedAssemblies"] = new JsonArray("Acme.Radio"));
        await using var catalog = sandbox.Load();

        var record = Assert.Single(catalog.Plugins);
        Assert.Equal(ErrorCode.ManifestInvalid, record.Error);
        Assert.Contains("sharedAssemblies names 'Acme.Radio', but the folder has no Acme.Radio.dll", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_catalog_leaves_no_contract_in_memory()
    {
        using var sandbox = new PluginSandbox("shared-contract-a", "shared-contract-b");

        var contract = LoadAndDispose(sandbox);

        Assert.False(contract.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndDispose(PluginSandbox sandbox)
    {
        var catalog = sandbox.Load();
        var contract = Contract(catalog);
        PluginSandbox.Release(catalog);
        Assert.All(catalog.Plugins, plugin => Assert.Equal(PluginState.Unloaded, plugin.State));
        Collect(contract);
        return contract;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Contract(PluginCatalog catalog) =>
        new(AssemblyLoadContext.GetLoadContext(catalog.Datasets.All[0].RecordType.Assembly), trackResurrection: true);

    private static void Collect(WeakReference reference)
    {
        for (var round = 0; round < 10 && reference.IsAlive; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
