using System.Reflection;
using System.Runtime.Loader;
using Telecom.Runtime.Plugins;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class SharedAssembliesTests
{
    [Fact]
    public void The_host_shares_its_contract_and_everything_below_it()
    {
        var shared = SharedAssemblies.Host;

        Assert.Equal(typeof(TorchSharp.torch).Assembly.GetName().Version, shared.Versions["TorchSharp"]);
        Assert.All(
            ["Telecom.Sdk", "TorchSharp", "System.Composition.AttributedModel", "Microsoft.Extensions.Logging.Abstractions", "System.Runtime"],
            name => Assert.True(shared.IsImposed(name), name));
    }

    // TorchSharp refers to these three; a plugin that brings another version of them keeps its own.
    [Fact]
    public void Third_party_assemblies_of_the_closure_can_be_overridden() => Assert.Equal(
        ["Google.Protobuf", "ICSharpCode.SharpZipLib", "SkiaSharp"],
        SharedAssemblies.Host.Overridable.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void An_assembly_of_a_plugin_alone_is_not_shared() => Assert.False(SharedAssemblies.Host.IsImposed("CsvHelper"));

    [Fact]
    public void A_plugin_gets_its_own_copy_of_an_overridable_assembly_and_the_hosts_of_any_other()
    {
        using var sandbox = new PluginSandbox("affine");
        var folder = Path.Combine(sandbox.Plugins, "affine");
        foreach (var name in new[] { "Google.Protobuf.dll", "TorchSharp.dll" })
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, name), Path.Combine(folder, name));
        }

        using var loaded = PluginLoadContext.Load(folder, "Telecom.Fixtures.Affine.dll", SharedAssemblies.Host, new ContractContext());
        var context = AssemblyLoadContext.GetLoadContext(loaded.Main)!;

        Assert.Same(context, Owner("Google.Protobuf"));
        Assert.Same(AssemblyLoadContext.Default, Owner("SkiaSharp"));
        Assert.Same(AssemblyLoadContext.Default, Owner("TorchSharp"));

        AssemblyLoadContext? Owner(string name) => AssemblyLoadContext.GetLoadContext(context.LoadFromAssemblyName(new AssemblyName(name)));
    }
}
