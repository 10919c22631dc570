using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginLifecycleTests
{
    private const string Answer = """{"y":[3,3,3,3],"s":4}""";

    [Fact]
    public async Task A_folder_that_comes_while_the_host_runs_serves_after_it_was_still_for_a_second()
    {
        await using var host = await LifecycleHost.StartAsync();
        host.Sandbox.Add("affine");

        await host.Lifecycle.ScanAsync();
        host.Time.Advance(TimeSpan.FromMilliseconds(999));
        await host.Lifecycle.ScanAsync();
        Assert.Empty(host.Catalog.Plugins);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await host.Lifecycle.ScanAsync();

        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
        Assert.Equal(Answer, await host.AskAsync());
        Assert.Single(host.Catalog.Datasets.All);
        Assert.Equal(
            [PluginState.Verified, PluginState.Loading, PluginState.Active], host.History("affine").Select(step => step.State));
    }

    [Fact]
    public async Task A_folder_that_is_still_being_copied_waits_until_it_is_complete()
    {
        await using var host = await LifecycleHost.StartAsync();
        var folder = host.Sandbox.Unused("source");
        PluginSandbox.Copy(host.Sandbox.Add("affine", directory: folder), Path.Combine(folder, "all"));
        var target = Directory.CreateDirectory(Path.Combine(host.Sandbox.Plugins, "affine")).FullName;

        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "all")).Order(StringComparer.Ordinal))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
            await host.Lifecycle.ScanAsync();
            host.Time.Advance(TimeSpan.FromMilliseconds(900));
        }

        Assert.Empty(host.Catalog.Plugins);
        await host.SettleAsync();
        Assert.Equal(Answer, await host.AskAsync());
    }

    [Fact]
    public async Task A_copy_that_stalls_is_refused_and_taken_when_it_is_complete()
    {
        await using var host = await LifecycleHost.StartAsync();
        var folder = host.Sandbox.Add("affine");
        var main = Path.Combine(folder, "Telecom.Fixtures.Affine.dll");
        File.Move(main, main + ".part");

        await host.SettleAsync();
        Assert.Equal(ErrorCode.ManifestInvalid, Assert.Single(host.Catalog.Plugins).Error);
        File.Move(main + ".part", main);
        await host.SettleAsync();

        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
    }

    [Fact]
    public async Task A_new_version_takes_over_and_the_old_one_is_unloaded()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        SetVersion(host, "1.1.0");

        await host.SettleAsync();

        Assert.Equal(("1.1.0", PluginState.Active), Assert.Single(host.Catalog.Plugins.Select(plugin => (plugin.Version, plugin.State))));
        Assert.Equal("1.1.0", host.Catalog.Task("affine").PluginVersion);
        Assert.Equal(Answer, await host.AskAsync());
        Assert.Equal(
            [PluginState.Superseded, PluginState.Draining, PluginState.Unloading, PluginState.Unloaded],
            host.History("affine").Where(step => step.Version == "1.0.0").Select(step => step.State).Skip(3));
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(host.Sandbox.State, "plugins", "affine")));
    }

    [Fact]
    public async Task A_task_is_listed_at_every_moment_of_a_replacement()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var looks = new List<int>();
        host.Sandbox.Logger.Logged = () => looks.Add(host.Catalog.Tasks.Count);
        SetVersion(host, "1.1.0");

        await host.SettleAsync();

        Assert.NotEmpty(looks);
        Assert.All(looks, tasks => Assert.Equal(1, tasks));
    }

    [Fact]
    public async Task A_call_that_does_not_return_costs_its_thread_and_nobody_else_anything()
    {
        await using var host = await LifecycleHost.StartAsync("affine", "faulty");
        var hanging = await HangAsync(host);
        var waiting = host.AskAsync();

        await host.Lifecycle.ScanAsync();

        Assert.Equal(ErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<TelecomException>(() => hanging)).Code);
        Assert.Equal(Answer, await waiting);
        Assert.Contains("good", await host.AskAsync("faulty", """{"mood":"good"}"""), StringComparison.Ordinal);
        Assert.Null(host.Routes.Obstacle);
    }

    [Fact]
    public async Task A_plugin_that_hangs_for_the_third_time_keeps_its_thread_and_the_host_says_so()
    {
        await using var host = await LifecycleHost.StartAsync("affine", "faulty");
        for (var i = 0; i < 2; i++)
        {
            var hanging = await HangAsync(host);
            await host.Lifecycle.ScanAsync();
            await Assert.ThrowsAsync<TelecomException>(() => hanging);
            await host.AskAsync("faulty", """{"mood":"good"}""");
        }

        var last = await HangAsync(host);
        await host.Lifecycle.ScanAsync();

        await Assert.ThrowsAsync<TelecomException>(() => last);
        Assert.Contains("faulty", host.Routes.Obstacle, StringComparison.Ordinal);
        host.GiveUp("faulty");
    }

    [Fact]
    public async Task A_request_that_runs_finishes_on_the_version_it_began_with()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var old = host.Catalog.Entries[0];
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = host.Routes.RunAsync("affine", async (server, _) =>
        {
            began.SetResult();
            await goOn.Task;
            return server.Definition.Id;
        }, TestContext.Current.CancellationToken);
        await began.Task;
        SetVersion(host, "1.1.0");

        await host.Lifecycle.ScanAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Lifecycle.ScanAsync();
        await host.Catalog.History.WaitAsync(() => old.Record.State is PluginState.Draining, TestContext.Current.CancellationToken);
        Assert.Equal(Answer, await host.AskAsync());
        Assert.Equal("1.1.0", host.Catalog.Task("affine").PluginVersion);
        goOn.SetResult();

        Assert.Equal("affine", await running);
        await host.EndAsync(old);
        Assert.Equal(PluginState.Unloaded, old.Record.State);
    }

    [Fact]
    public async Task A_request_that_outlasts_the_draining_is_cancelled()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var old = host.Catalog.Entries[0];
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = host.Routes.RunAsync("affine", async (_, token) =>
        {
            using var registration = token.Register(cancelled.SetResult);
            began.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        }, TestContext.Current.CancellationToken);
        await began.Task;
        Directory.Delete(Path.Combine(host.Sandbox.Plugins, "affine"), recursive: true);

        await host.Lifecycle.ScanAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Lifecycle.ScanAsync();
        Assert.Equal(PluginState.Draining, old.Record.State);
        while (!cancelled.Task.IsCompleted)
        {
            // The drain begins on another thread, and its 30 s with it; small steps leave the 5 s that follow alone.
            host.Time.Advance(TimeSpan.FromSeconds(3));
            await Task.Yield();
        }

        var exception = await Assert.ThrowsAsync<TelecomException>(() => running);
        Assert.Equal(ErrorCode.PluginUnavailable, exception.Code);
        await host.EndAsync(old);
        Assert.Equal(PluginState.Unloaded, old.Record.State);
    }

    [Theory]
    [InlineData("main", "nothing.dll", ErrorCode.ManifestInvalid)]
    [InlineData("contract", "9.0", ErrorCode.ContractMismatch)]
    [InlineData("id", "other", ErrorCode.ManifestInvalid)]
    public async Task A_new_version_that_is_refused_leaves_the_old_one_serving(string member, string value, ErrorCode code)
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        PluginSandbox.EditManifest(Path.Combine(host.Sandbox.Plugins, "affine"), manifest => manifest[member] = value);

        await host.SettleAsync();

        Assert.Equal(Answer, await host.AskAsync());
        Assert.Equal([PluginState.Active, PluginState.Rejected], host.Catalog.Plugins.Select(plugin => plugin.State));
        Assert.Equal(code, host.Catalog.Plugins[1].Error);
    }

    [Fact]
    public async Task Going_back_to_the_content_that_serves_ends_the_refusal_without_loading()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var manifest = Path.Combine(host.Sandbox.Plugins, "affine", "plugin.json");
        var before = await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(manifest, "{", TestContext.Current.CancellationToken);
        await host.SettleAsync();
        var steps = host.Catalog.History.All.Count;

        await File.WriteAllTextAsync(manifest, before, TestContext.Current.CancellationToken);
        await host.SettleAsync();

        Assert.Equal(PluginState.Active, Assert.Single(host.Catalog.Plugins).State);
        Assert.Equal(steps, host.Catalog.History.All.Count);
    }

    [Fact]
    public async Task A_folder_that_goes_takes_its_tasks_along()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        Directory.Delete(Path.Combine(host.Sandbox.Plugins, "affine"), recursive: true);

        await host.SettleAsync();

        Assert.Empty(host.Catalog.Plugins);
        Assert.Empty(host.Catalog.Tasks);
        Assert.Empty(host.Catalog.Datasets.All);
        Assert.Equal(PluginState.Unloaded, host.History("affine").Last().State);
        Assert.Equal("Its folder is gone.", host.Catalog.History.All.First(step => step.To is PluginState.Draining).Reason);
        Assert.Equal(ErrorCode.NotFound, (await Assert.ThrowsAsync<TelecomException>(() => host.AskAsync())).Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(host.Sandbox.State, "plugins", "affine")));
    }

    [Fact]
    public async Task A_folder_that_is_away_for_less_than_a_second_never_stops_serving()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var folder = Path.Combine(host.Sandbox.Plugins, "affine");
        Directory.Move(folder, host.Sandbox.Unused("away"));
        await host.Lifecycle.ScanAsync();
        host.Time.Advance(TimeSpan.FromMilliseconds(900));
        Directory.Move(host.Sandbox.Unused("away"), folder);
        var steps = host.Catalog.History.All.Count;

        await host.SettleAsync();

        Assert.Equal(steps, host.Catalog.History.All.Count);
        Assert.Equal(Answer, await host.AskAsync());
    }

    [Fact]
    public async Task A_renamed_folder_is_removed_under_the_old_name_and_refused_under_the_new_one()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        var folder = Path.Combine(host.Sandbox.Plugins, "affine");
        Directory.Move(folder, Path.Combine(host.Sandbox.Plugins, "renamed"));

        await host.SettleAsync();
        var record = Assert.Single(host.Catalog.Plugins);
        Assert.Equal((PluginState.Rejected, ErrorCode.ManifestInvalid), (record.State, record.Error));
        Directory.Move(Path.Combine(host.Sandbox.Plugins, "renamed"), folder);
        await host.SettleAsync();

        Assert.Equal(("affine", PluginState.Active), Assert.Single(host.Catalog.Plugins.Select(plugin => (plugin.Id, plugin.State))));
    }

    [Fact]
    public async Task What_lies_in_the_incoming_folder_is_taken_when_it_is_renamed_into_place()
    {
        await using var host = await LifecycleHost.StartAsync();
        var incoming = host.Sandbox.Add("affine", ".incoming/affine");
        await host.SettleAsync();
        Assert.Empty(host.Catalog.Plugins);

        Directory.Move(incoming, Path.Combine(host.Sandbox.Plugins, "affine"));
        await host.SettleAsync();

        Assert.Equal(Answer, await host.AskAsync());
    }

    [Fact]
    public async Task A_plugin_whose_names_were_taken_comes_in_when_they_are_free()
    {
        await using var host = await LifecycleHost.StartAsync("affine");
        host.Sandbox.Add("affine", "zebra");
        PluginSandbox.EditManifest(Path.Combine(host.Sandbox.Plugins, "zebra"), manifest => manifest["id"] = "zebra");
        await host.SettleAsync();
        Assert.Equal([PluginState.Active, PluginState.Rejected], host.Catalog.Plugins.Select(plugin => plugin.State));

        Directory.Delete(Path.Combine(host.Sandbox.Plugins, "affine"), recursive: true);
        await host.SettleAsync();

        Assert.Equal(("zebra", PluginState.Active), Assert.Single(host.Catalog.Plugins.Select(plugin => (plugin.Id, plugin.State))));
        Assert.Equal(Answer, await host.AskAsync());
    }

    private static void SetVersion(LifecycleHost host, string version) =>
        PluginSandbox.EditManifest(Path.Combine(host.Sandbox.Plugins, "affine"), manifest => manifest["version"] = version);

    // Ends when the call hangs and its caller has given up.
    private static async Task<Task> HangAsync(LifecycleHost host)
    {
        var hanging = host.AskAsync("faulty", """{"mood":"hang"}""");
        await host.OverstayAsync("faulty");
        return hanging;
    }
}
