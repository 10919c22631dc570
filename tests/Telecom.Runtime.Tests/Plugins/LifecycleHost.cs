using System.Text;
using Microsoft.Extensions.Time.Testing;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;

namespace Telecom.Runtime.Tests.Plugins;

/// <summary>Everything that follows plugin folders, with a clock that stands still until a test moves it.</summary>
internal sealed class LifecycleHost : IAsyncDisposable
{
    private readonly ToyHost toys;

    private LifecycleHost(ToyHost toys, PluginSandbox sandbox)
    {
        this.toys = toys;
        Sandbox = sandbox;
        Options = sandbox.Options();
        Policy = new(PluginTrust.Open(sandbox.State, null), PluginSwitches.Open(sandbox.State), Time);
        Catalog = PluginCatalog.Load(Options, Policy.Check, Time, sandbox.Logger);
        Routes = new(toys.Services with { Time = Time }, Catalog);
        Lifecycle = new(Catalog, Options, Routes, Policy, Time, sandbox.Logger);
    }

    public PluginSandbox Sandbox { get; }

    public PluginCatalogOptions Options { get; }

    public PluginPolicy Policy { get; }

    public PluginCatalog Catalog { get; }

    public RouteTable Routes { get; }

    public PluginLifecycle Lifecycle { get; }

    public FakeTimeProvider Time { get; } = new(PluginSandbox.Now);

    public static Task<LifecycleHost> StartAsync(params string[] fixtures) => StartAsync(_ => { }, fixtures);

    /// <param name="prepare">Changes the folders before the start.</param>
    /// <param name="fixtures">Plugins that are there at start.</param>
    public static async Task<LifecycleHost> StartAsync(Action<PluginSandbox> prepare, params string[] fixtures)
    {
        var sandbox = new PluginSandbox(fixtures);
        prepare(sandbox);
        var host = new LifecycleHost(await ToyHost.StartAsync(), sandbox);
        foreach (var entry in host.Catalog.Entries.Where(entry => entry.IsOffered))
        {
            await host.Routes.PrepareAsync(entry, ToyHost.Token);
            host.Routes.Swap(entry, null);
        }

        return host;
    }

    /// <summary>A scan, a second later another one, as the loop of a host does it; ends when old versions are unloaded.</summary>
    public async Task SettleAsync()
    {
        await Lifecycle.ScanAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Lifecycle.ScanAsync();
        await Catalog.History.WaitAsync(() => Catalog.Plugins.All(plugin => plugin.State is not (PluginState.Superseded or PluginState.Draining or PluginState.Unloading)), ToyHost.Token);

        // Leaving the list is no transition of its own.
        while (Catalog.Plugins.Any(plugin => plugin.State is PluginState.Unloaded))
        {
            ToyHost.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Waits until a version is unloaded, or found to be held by something.</summary>
    public Task EndAsync(PluginEntry entry) =>
        Catalog.History.WaitAsync(() => entry.Record.State is PluginState.Unloaded or PluginState.UnloadPending, ToyHost.Token);

    public async Task<string> AskAsync(string task = "affine", string request = """{"x":[1,1,1,1]}""") => Encoding.UTF8.GetString(
        (await Routes.AnswerAsync(
            task, null, (server, token) => server.PredictAsync(PredictionOptions.Default, Encoding.UTF8.GetBytes(request), token), ToyHost.Token)).Output.Span);

    /// <summary>Makes a call of a plugin take longer than it may, once it has begun.</summary>
    public async Task OverstayAsync(string id)
    {
        var route = Catalog.Entries.Single(entry => entry.Record.Id == id).Route!;
        while (route.Busy == TimeSpan.Zero)
        {
            ToyHost.Token.ThrowIfCancellationRequested();
            Time.Advance(TimeSpan.FromTicks(1));
            await Task.Yield();
        }

        Time.Advance(TimeSpan.FromSeconds(31));
    }

    /// <summary>Takes the executor from a call that a host would leave it to.</summary>
    public void GiveUp(string id) =>
        Assert.True(Catalog.Entries.Single(entry => entry.Record.Id == id).Route!.TryGiveUp(toys.Engine));

    /// <summary>States of a plugin in the order in which it entered them, one text per version.</summary>
    public IEnumerable<(string? Version, PluginState State)> History(string id) =>
        Catalog.History.All.Where(transition => transition.Plugin == id).Select(transition => (transition.Version, transition.To));

    public async ValueTask DisposeAsync()
    {
        await Lifecycle.DisposeAsync();
        await Routes.DisposeServersAsync();
        await Catalog.DisposeAsync();
        await toys.DisposeAsync();
        Sandbox.Dispose();
    }
}
