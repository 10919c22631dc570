using System.Collections.Frozen;
using Telecom.Modeling.Bundles;
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
    private FrozenDictionary<string, Lane<TIn, TOut>> lanes = FrozenDictionary<string, Lane<TIn, TOut>>.Empty;

    /// <summary>State of every learned method.</summary>
    public IReadOnlyList<ModelRecord> Records { get; private set; } = [];

    /// <returns>The lane of a method; null when it has no weights.</returns>
    public Lane<TIn, TOut>? Lane(string methodId) => lanes.GetValueOrDefault(methodId);

    /// <summary>Why a method has no lane.</summary>
    public string WhyMissing(string methodId) =>
        Records.FirstOrDefault(record => record.Method == methodId)?.Reason ?? $"Method '{methodId}' of task '{task.Id}' cannot answer.";

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var loaded = new Dictionary<string, Lane<TIn, TOut>>(StringComparer.Ordinal);
        var records = new List<ModelRecord>();
        foreach (var descriptor in task.Methods)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var method = task.MethodDefinition(descriptor.Id);
            if (method.Analytic is { } analytic)
            {
                loaded[descriptor.Id] = new Lane<TIn, TOut>(new LoadedModel<TIn, TOut>(descriptor, analytic));
                continue;
            }

            var (model, record) = await LoadLearnedAsync(method).ConfigureAwait(false);
            records.Add(record);
            if (model is not null)
            {
                loaded[descriptor.Id] = new Lane<TIn, TOut>(model);
            }
        }

        lanes = loaded.ToFrozenDictionary(StringComparer.Ordinal);
        Records = records;
    }

    public async ValueTask DisposeAsync()
    {
        var old = lanes;
        lanes = FrozenDictionary<string, Lane<TIn, TOut>>.Empty;
        await services.Executor.RunAsync(
            () =>
            {
                foreach (var lane in old.Values)
                {
                    lane.Model.Dispose();
                }
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<(LoadedModel<TIn, TOut>? Model, ModelRecord Record)> LoadLearnedAsync(MethodDefinition<TIn, TOut> method)
    {
        var id = method.Descriptor.Id;
        if (Find(id) is not { } found)
        {
            var how = $"Method '{id}' of task '{task.Id}' is untrained: run 'telecom train {task.Id} --method {id}'.";
            return (null, new ModelRecord(task.Id, id, null, "untrained", null, null, how));
        }

        try
        {
            var bundle = Bundle.Open(found.Folder);
            var sharedBase = method.Descriptor.Kind == MethodKind.Adapted
                ? await services.Bases.GetAsync(services.Options.Base).ConfigureAwait(false)
                : null;
            var model = await services.Loader.LoadAsync(method, bundle, sharedBase, found.Version).ConfigureAwait(false);
            return (model, new ModelRecord(task.Id, id, found.Version, "ready", found.Folder, sharedBase?.Name ?? SharedBase.NoneName, null));
        }
        catch (TelecomException exception) when (!services.Options.Bundles.Contains(found.Folder))
        {
            return (null, new ModelRecord(task.Id, id, found.Version, "faulted", found.Folder, null, exception.Message));
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
