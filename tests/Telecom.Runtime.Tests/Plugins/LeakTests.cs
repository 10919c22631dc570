using Telecom.Runtime.Plugins;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class LeakTests
{
    // The causes of platform.md 6, each in a fixture of its own.
    [Theory]
    [InlineData("leaky-json", "reflection JSON (System.Text.Json.JsonSerializer.Serialize)")]
    [InlineData("leaky-timer", "timer (System.Threading.Timer)")]
    [InlineData("leaky-event", "event handler (System.AppDomain.ProcessExit)")]
    [InlineData("leaky-async-local", "async-local value (System.Threading.AsyncLocal)")]
    [InlineData("leaky-thread", "thread (System.Threading.Thread)")]
    public async Task A_plugin_that_holds_itself_is_pending_with_the_suspected_root(string fixture, string root)
    {
        await using var host = await LifecycleHost.StartAsync(fixture);
        Assert.Equal("""{"y":7}""", await host.AskAsync("leaky", """{"x":7}"""));
        Directory.Delete(Path.Combine(host.Sandbox.Plugins, fixture), recursive: true);

        await host.SettleAsync();

        var record = Assert.Single(host.Catalog.Plugins);
        Assert.Equal(PluginState.UnloadPending, record.State);
        Assert.Contains($"Suspects: {root} in Telecom.Fixtures.Leaky.Leak.", record.Reason, StringComparison.Ordinal);
    }
}
