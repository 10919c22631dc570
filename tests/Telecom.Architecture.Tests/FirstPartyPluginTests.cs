using Telecom.Runtime.Plugins;

namespace Telecom.Architecture.Tests;

public sealed class FirstPartyPluginTests
{
    [Fact]
    public async Task Every_staged_plugin_loads_and_unloads_without_a_warning()
    {
        var records = await PluginVerifier.VerifyAsync(
            Path.Combine(AppContext.BaseDirectory, "plugins"),
            TimeProvider.System,
            TestContext.Current.CancellationToken);

        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Equal((PluginState.Active, null), (record.State, record.Reason)));
        Assert.All(records, record => Assert.Empty(record.Warnings));
    }
}
