using System.Collections.Frozen;
using System.Globalization;
using Telecom.Modeling.Bundles;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Models;

/// <summary>The lanes of a task: one per method that can answer.</summary>
internal sealed class MethodTable<TIn, TOut>(RuntimeServices services, TaskDefinition<TIn, TOut> task, string pluginFolder) : IAsyncDisposable
    where TIn : class
    where TOut : class
{
    // Null before the first load and after disposal.
    private FrozenDictionary<string, Lane<TIn, TOut>>? lanes;

    /// <summary>State of every learned method.</summary>
    public IReadOnlyList<ModelRecord> Records { get; private set; } = [];

    /// <returns>The lane of a method; null when it has no weights.</returns>
    public Lane<TIn, TOut>? Lane(string methodId) => lanes?.GetValueOrDefault(methodId);

    /// <summary>Why a method has no lane.</summary>
    public TelecomException WhyMissing(string methodId) =>
        Records.FirstOrDefault(record => record.Method == methodId)?.Reason is { } reason && lanes is not null
            ? new TelecomException(ErrorCode.Untrained, reason)
            : new TelecomException(ErrorCode.PluginUnavailable, $"Task '{task.Id}' is not serving: try again later.");

    /// <summary>Loads every method. Those that served before serve until then; their last answers are still given.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var loaded = new Dictionary<string, Lane<TIn, TOut>>(StringComparer.Ordinal);
        var records = new List<ModelRecord>();
        try
        {
            foreach (var method in task.Methods.Select(descriptor => task.MethodDefinition(descriptor.Id)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await LoadAsync(method, records, cancellationToken).ConfigureAwait(false) is { } model)
                {
                    loaded.Add(
                        method.Descriptor.Id,
                        new Lane<TIn, TOut>(model, $"{task.Id}/{method.Descriptor.Id}") { Pulse = services.Pulse, Limits = services.Limits });
                }
            }
        }
        catch
        {
            await ReleaseAsync(loaded.Values).ConfigureAwait(false);
            throw;
        }

        var replaced = Interlocked.Exchange(ref lanes, loaded.ToFrozenDictionary(StringComparer.Ordinal));
        foreach (var entry in loaded.Values.Select(lane => lane.Model.Entry).OfType<AdapterEntry>())
        {
            RetireForeign(services.Adapters.Publish(entry));
        }

        Records = records;
        await ReleaseAsync(replaced?.Values ?? []).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await ReleaseAsync(Interlocked.Exchange(ref lanes, null)?.Values ?? []).ConfigureAwait(false);

    private async Task ReleaseAsync(IReadOnlyCollection<Lane<TIn, TOut>> unused)
    {
        await Task.WhenAll(unused.Select(lane => lane.CloseAsync())).ConfigureAwait(false);
        await services.Executor.RunAsync(
            () =>
            {
                foreach (var lane in unused)
                {
                    lane.Model.Dispose();
                }
            },
            CancellationToken.None).ConfigureAwait(false);
        foreach (var entry in unused.Select(lane => lane.Model.Entry).OfType<AdapterEntry>())
        {
            services.Adapters.Retire(entry);
        }
    }

    // The bundle before is retired with its lane; an adapter of the store that had the name has no lane.
    private void RetireForeign(AdapterEntry? previous)
    {
        if (previous is { Source.Owner: null } or { State: AdapterState.Faulted })
        {
            services.Adapters.Retire(previous);
        }
    }

    private async Task<LoadedModel<TIn, TOut>?> LoadAsync(
        MethodDefinition<TIn, TOut> method, List<ModelRecord> records, CancellationToken cancellationToken)
    {
        if (method.Analytic is { } analytic)
        {
            return new LoadedModel<TIn, TOut>(method.Descriptor, analytic);
        }

        var id = method.Descriptor.Id;
        if (Find(id) is not { } found)
        {
            var how = $"Method '{id}' of task '{task.Id}' is untrained: run 'telecom train {task.Id} --method {id}'.";
            records.Add(new ModelRecord(task.Id, id, null, "untrained", null, null, how));
            return null;
        }

        try
        {
            var sharedBase = method.Descriptor.Kind == MethodKind.Adapted
                ? await services.Bases.GetAsync(services.Options.Base).ConfigureAwait(false)
                : null;
            var model = await LoadAsync(method, found.Folder, found.Version, sharedBase, cancellationToken).ConfigureAwait(false);
            records.Add(new ModelRecord(task.Id, id, found.Version, "ready", found.Folder, sharedBase?.Name ?? SharedBase.NoneName, null));
            return model;
        }
        catch (TelecomException exception) when (!services.Options.Bundles.Contains(found.Folder))
        {
            records.Add(new ModelRecord(task.Id, id, found.Version, "faulted", found.Folder, null, exception.Message));
            return null;
        }
    }

    private async Task<LoadedModel<TIn, TOut>> LoadAsync(
        MethodDefinition<TIn, TOut> method, string folder, string version, SharedBase? sharedBase, CancellationToken cancellationToken)
    {
        var bundle = Bundle.Open(folder);
        bundle.RequireMethod(task.Id, method.Descriptor.Id);
        bundle.RequireBase(sharedBase?.Name ?? SharedBase.NoneName, sharedBase?.Fingerprint);
        AdapterEntry? entry = null;
        if (bundle.HasAdapter && sharedBase?.Model is { } model)
        {
            var source = new PeftSource(folder, model.Weights, $"{task.Id}/{method.Descriptor.Id}");
            _ = long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            entry = await services.Adapters.PrepareAsync(
                $"{task.Id}.{method.Descriptor.Id}",
                number,
                source,
                Deadline.After(services.Options.RequestTimeout, services.Time),
                cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await services.Loader.LoadAsync(task, method, bundle, sharedBase, version, entry).ConfigureAwait(false);
        }
        catch when (entry is not null)
        {
            services.Adapters.Retire(entry);
            throw;
        }
    }

    private (string Folder, string Version)? Find(string method)
    {
        foreach (var folder in services.Options.Bundles)
        {
            var card = Bundle.Open(folder).Card;
            if (card.Task == task.Id && card.Method == method)
            {
                return (folder, folder);
            }
        }

        return services.Bundles.Current(task.Id, pluginFolder, method);
    }
}
