using System.Collections.Frozen;
using System.Text;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>Which plugin version answers for which task; changed from one moment to the next.</summary>
/// <param name="services">What all tasks share.</param>
/// <param name="catalog">Told when a version goes into quarantine or leaves it.</param>
internal sealed class RouteTable(RuntimeServices services, PluginCatalog catalog) : IPluginHost
{
    private const int MostLostThreads = 2;

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> lostThreads = new(StringComparer.Ordinal);
    private volatile FrozenDictionary<string, PluginRoute> routes = FrozenDictionary<string, PluginRoute>.Empty;

    /// <summary>Why the host cannot serve; null while it can.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>The servers of all tasks, ordered by task id.</summary>
    public IEnumerable<TaskServer> Servers => routes
        .OrderBy(route => route.Key, StringComparer.Ordinal)
        .Select(route => route.Value.Servers.GetValueOrDefault(route.Key))
        .OfType<TaskServer>();

    /// <summary>Runs long work on the version that serves now.</summary>
    /// <exception cref="TelecomException">There is no such task, or its plugin does not serve.</exception>
    public Task<T> RunAsync<T>(string taskId, Func<TaskServer, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        TryEnter(taskId, out var refusal) is { } route
            ? route.RunAsync(taskId, work, cancellationToken)
            : Task.FromException<T>(refusal!);

    /// <summary>Answers one request on the version that serves now.</summary>
    /// <inheritdoc cref="PluginRoute.AnswerAsync"/>
    public Task<T> AnswerAsync<T>(
        string taskId, TimeSpan? timeout, Func<TaskServer, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        TryEnter(taskId, out var refusal) is { } route
            ? route.AnswerAsync(taskId, timeout, work, cancellationToken)
            : Task.FromException<T>(refusal!);

    /// <inheritdoc/>
    public async Task PrepareAsync(PluginEntry entry, CancellationToken cancellationToken)
    {
        var plugin = entry.Plugin!;
        var slot = catalog.Journal?.Add(new(plugin.Manifest.Id, entry.Record.Fingerprint!));
        var pulse = new PluginPulse(services.Time, slot);
        var limits = BatchLimits.Of(services.Options).For(plugin.Manifest.Limits);
        var own = services with { Pulse = pulse, Limits = limits };
        var factory = new TaskServerFactory(own, plugin.Folder);
        var servers = plugin.Tasks.ToDictionary(task => task.Id, task => task.Accept(factory), StringComparer.Ordinal);
        var guard = new FaultGuard(services.Time, reason => Tell(entry, reason));
        entry.Route = new(servers, guard, pulse, RouteLimits.Of(plugin.Manifest.Limits, services.Options.RequestTimeout), services.Time);
        foreach (var server in servers.Values)
        {
            await server.LoadModelsAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> WarmUpAsync(PluginEntry entry, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (var server in entry.Route!.Servers.Values)
        {
            try
            {
                var example = Encoding.UTF8.GetBytes(server.Definition.Example.ToJsonString());
                await server.PredictAsync(PredictionOptions.Default, example, cancellationToken).ConfigureAwait(false);
            }
            catch (TelecomException exception)
            {
                failures.Add($"Task '{server.Definition.Id}' could not answer its own example ({exception.Code.WireName()}): {exception.Message}");
            }
        }

        return failures;
    }

    /// <inheritdoc/>
    public void Swap(PluginEntry? entry, PluginEntry? replaced)
    {
        lock (gate)
        {
            var next = routes.Where(route => route.Value != replaced?.Route).ToDictionary(StringComparer.Ordinal);
            foreach (var task in entry?.Route?.Servers.Keys ?? [])
            {
                next[task] = entry!.Route!;
                services.Engine.Metrics.Of(task).SetVersion(TensorModel.VersionOf(entry.Plugin!.Manifest.Version));
            }

            routes = next.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    /// <inheritdoc/>
    public void LeaveStuckCalls()
    {
        foreach (var entry in catalog.Entries)
        {
            if (entry.Route is not { IsStuck: true } route)
            {
                continue;
            }

            // Every thread that is lost goes on using a processor: a plugin that takes them again and again takes the host.
            var lost = lostThreads.GetValueOrDefault(entry.Record.Id);
            if (lost >= MostLostThreads)
            {
                Obstacle = $"Plugin '{entry.Record.Id}' does not return from its calls and holds {lost} threads: remove it and restart the host.";
            }
            else if (route.TryGiveUp(services.Engine))
            {
                lostThreads[entry.Record.Id] = lost + 1;
            }
        }
    }

    /// <summary>Ends every route; no request may be under way.</summary>
    public async Task DisposeServersAsync()
    {
        foreach (var entry in catalog.Entries)
        {
            Swap(null, entry);
            if (entry.Route is { } route)
            {
                entry.Route = null;
                await route.DrainAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
                if (!await route.DisposeServersAsync().ConfigureAwait(false))
                {
                    // What is still to be released needs the thread.
                    route.TryGiveUp(services.Engine, isEnding: true);
                }
            }
        }
    }

    private PluginRoute? TryEnter(string taskId, out TelecomException? refusal)
    {
        while (routes.TryGetValue(taskId, out var route))
        {
            if (route.TryEnter())
            {
                refusal = null;
                return route;
            }

            // It is closed: another version, or none, took its place before.
        }

        refusal = catalog.WhyNotServed(taskId);
        return null;
    }

    private void Tell(PluginEntry entry, string? reason)
    {
        if (reason is null)
        {
            catalog.Move(entry, PluginState.Active, null, "It serves again.");
        }
        else if (entry.Record.State is PluginState.Active or PluginState.Quarantined)
        {
            catalog.Move(entry, PluginState.Quarantined, ErrorCode.PluginUnavailable, reason);
        }
    }
}
