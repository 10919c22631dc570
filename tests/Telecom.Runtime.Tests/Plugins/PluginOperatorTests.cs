using System.IO.Compression;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginOperatorTests
{
    private const string Answer = """{"y":[3,3,3,3],"s":4}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plugin_that_is_switched_off_stays_off_until_it_is_switched_on()
    {
        await using var host = await LifecycleHost.StartAsync("affine");

        var off = await host.Lifecycle.DisableAsync("affine", null, Token);
        await host.SettleAsync();
        Assert.Equal("Disabled", off.State);
        Assert.Equal(PluginState.Disabled, Assert.Single(host.Catalog.Plugins).State);
        Assert.Equal(ErrorCode.PluginUnavailable, (await Assert.ThrowsAsync<TelecomException>(() => host.AskAsync())).Code);
        Assert.True(PluginSwitches.Open(host.Sandbox.State).IsDisabled("affine"));
        Assert.Equal(PluginState.Unloaded, host.History("affine").Last().State);

        var on = await host.Lifecycle.EnableAsync("affine", null, Token);
        Assert.Equal("Active", on.State);
        Assert.Equal(Answer, await host.AskAsync());
    }

    [Fact]
    public async Task Reloading_replaces_what_serves_by_the_same_folder()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var old = host.Catalog.Entries[0];

        await host.Lifecycle.ReloadAsync("affine", null, Token);
        await host.EndAsync(old);

        Assert.Equal(PluginState.Unloaded, old.Record.State);
        Assert.Equal(Answer, await host.AskAsync());
        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
    }

    [Fact]
    public async Task Removing_deletes_the_folder_and_an_unknown_plugin_is_not_found()
    {
        await using var host = await LifecycleHost.StartAsync("affine");

        await host.Lifecycle.RemoveAsync("affine", null, Token);
        await host.SettleAsync();

        Assert.False(Directory.Exists(Path.Combine(host.Sandbox.Plugins, "affine")));
        Assert.Empty(host.Catalog.Plugins);
        Assert.Equal(
            ErrorCode.NotFound, (await Assert.ThrowsAsync<TelecomException>(() => host.Lifecycle.RemoveAsync("affine", null, Token))).Code);
    }

    [Fact]
    public async Task An_uploaded_plugin_serves_from_its_place_and_replaces_the_version_before()
    {
        await using var host = await LifecycleHost.StartAsync();
        var source = host.Sandbox.Add("affine", directory: host.Sandbox.Unused("source"));

        Assert.Equal("Active", (await InstallAsync(host, source)).State);
        Assert.Equal(Answer, await host.AskAsync());
        var first = host.Catalog.Entries[0];
        PluginSandbox.EditManifest(source, manifest => manifest["version"] = "2.0.0");
        var second = await InstallAsync(host, source);
        await host.EndAsync(first);

        Assert.Equal(("2.0.0", Path.Combine(host.Sandbox.Plugins, "affine")), (second.Version, second.Folder));
        Assert.Equal(PluginState.Unloaded, first.Record.State);
        await host.SettleAsync();
        Assert.Equal(("2.0.0", PluginState.Active), Assert.Single(host.Catalog.Plugins.Select(plugin => (plugin.Version, plugin.State))));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(host.Sandbox.Plugins, ".incoming")));
    }

    [Fact]
    public async Task An_upload_that_is_refused_changes_nothing()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var fingerprint = PluginFingerprint.Compute(Path.Combine(host.Sandbox.Plugins, "affine"));
        var source = host.Sandbox.Add("affine", directory: host.Sandbox.Unused("source"));
        PluginSandbox.EditManifest(source, manifest => manifest["contract"] = "9.0");

        var exception = await Assert.ThrowsAsync<TelecomException>(() => InstallAsync(host, source));
        await host.SettleAsync();

        Assert.Equal(ErrorCode.ContractMismatch, exception.Code);
        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
        Assert.Equal(fingerprint, PluginFingerprint.Compute(Path.Combine(host.Sandbox.Plugins, "affine")));
    }

    [Fact]
    public async Task Faults_bring_a_plugin_into_quarantine_and_a_trial_or_the_operator_brings_it_back()
    {
        await using var host = await LifecycleHost.StartAsync("affine", "faulty");
        await FailAsync(host, 5);

        Assert.Equal(PluginState.Quarantined, host.Catalog.Plugins[1].State);
        Assert.Equal(ErrorCode.PluginUnavailable, await CodeAsync(host, "good"));
        Assert.Equal(Answer, await host.AskAsync());
        host.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("""{"mood":"good"}""", await AskAsync(host, "good"));
        Assert.Equal(PluginState.Active, host.Catalog.Plugins[1].State);

        await FailAsync(host, 5);
        Assert.Equal(ErrorCode.PluginUnavailable, await CodeAsync(host, "good"));
        await host.Lifecycle.ClearQuarantineAsync("faulty", null, Token);
        Assert.Equal("""{"mood":"good"}""", await AskAsync(host, "good"));
    }

    [Fact]
    public async Task Errors_of_clients_never_bring_a_plugin_into_quarantine()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<InvalidInputException>(() => host.AskAsync(request: """{"x":[1]}"""));
        }

        Assert.Equal(Answer, await host.AskAsync());
    }

    private static async Task FailAsync(LifecycleHost host, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(ErrorCode.PluginFault, await CodeAsync(host, "throw"));
        }
    }

    private static Task<string> AskAsync(LifecycleHost host, string mood) => host.AskAsync("faulty", $$"""{"mood":"{{mood}}"}""");

    private static async Task<ErrorCode> CodeAsync(LifecycleHost host, string mood) =>
        (await Assert.ThrowsAsync<TelecomException>(() => AskAsync(host, mood))).Code;

    private static async Task<PluginStatus> InstallAsync(LifecycleHost host, string folder)
    {
        var path = host.Sandbox.Unused($"{Guid.NewGuid():N}.zip");
        await ZipFile.CreateFromDirectoryAsync(folder, path, CompressionLevel.Fastest, includeBaseDirectory: true, Token);
        await using var stream = File.OpenRead(path);
        return await host.Lifecycle.InstallAsync(stream, Token);
    }
}
