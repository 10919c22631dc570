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
    public void Third_party_assemblies_of_the_closure_can_be_overridden() =>
        Assert.Equal(["Google.Protobuf", "ICSharpCode.SharpZipLib", "SkiaSharp"], SharedAssemblies.Host.Overridable.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void An_assembly_of_a_plugin_alone_is_not_shared() => Assert.False(SharedAssemblies.Host.IsImposed("CsvHelper"));
}
