using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;
using TorchSharp;

namespace Telecom.Runtime.Models;

/// <summary>Builds learned methods, with the weights of a bundle or with fresh ones.</summary>
internal sealed class ModelLoader(DeviceExecutor executor)
{
    /// <summary>A method with the weights of <paramref name="bundle"/>; all or nothing.</summary>
    /// <param name="task">Task of the method.</param>
    /// <param name="method">The learned method.</param>
    /// <param name="bundle">Its bundle.</param>
    /// <param name="sharedBase">The base; null for network methods.</param>
    /// <param name="version">Bundle version for answers.</param>
    /// <param name="entry">The bundle's adapter in the registry; null gives the model one of its own.</param>
    /// <exception cref="TelecomException">The bundle is for another method or base, does not fit, or the method cannot be built.</exception>
    public async Task<LoadedModel<TIn, TOut>> LoadAsync<TIn, TOut>(
        TaskDefinition<TIn, TOut> task,
        MethodDefinition<TIn, TOut> method,
        Bundle bundle,
        SharedBase? sharedBase,
        string version,
        AdapterEntry? entry = null)
        where TIn : class
        where TOut : class
    {
        bundle.RequireMethod(task.Id, method.Descriptor.Id);
        bundle.RequireBase(sharedBase?.Name ?? SharedBase.NoneName, sharedBase?.Fingerprint);
        var settings = SettingValues.Create(method.Descriptor.Settings, bundle.Settings);
        return await executor.RunAsync(
            () =>
            {
                var learned = Create(method, settings, sharedBase, bundle);
                try
                {
                    bundle.LoadModules(learned.Modules);
                    var adapter = entry is null && bundle.HasAdapter && sharedBase?.Model is { } model ? bundle.LoadAdapter(model.Weights) : null;
                    return new LoadedModel<TIn, TOut>(method.Descriptor, learned, adapter, sharedBase, version, entry);
                }
                catch
                {
                    learned.Dispose();
                    throw;
                }
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// A method with fresh weights, for training; its adapter is missing where it starts from measurements of the training data. Executor thread only.
    /// </summary>
    /// <exception cref="TelecomException">The method is analytic, or its code failed.</exception>
    public (LearnedMethod<TIn, TOut> Learned, Adapter? Adapter) Build<TIn, TOut>(
        MethodDefinition<TIn, TOut> method, SettingValues settings, SharedBase? sharedBase, int seed)
        where TIn : class
        where TOut : class
    {
        var learned = Fresh(method, settings, sharedBase, seed, isTrained: false);
        try
        {
            var adapter = learned is AdaptedMethod<TIn, TOut> adapted && sharedBase?.Model is { } model
                && !AdapterMethods.Measured.Contains(adapted.Adapter.Method)
                ? MethodFault.Guard(
                    method.Descriptor.Id,
                    () => TaskAdapter.Create(adapted.Adapter, model.Weights, unchecked((ulong)seed)))
                : null;
            return (learned, adapter);
        }
        catch
        {
            learned.Dispose();
            throw;
        }
    }

    // What the method misses in the settings of a bundle is a fault of that bundle.
    private LearnedMethod<TIn, TOut> Create<TIn, TOut>(
        MethodDefinition<TIn, TOut> method, SettingValues settings, SharedBase? sharedBase, Bundle bundle)
        where TIn : class
        where TOut : class
    {
        try
        {
            return Fresh(method, settings, sharedBase, seed: 0, isTrained: true);
        }
        catch (TelecomException exception) when (exception.Code == ErrorCode.BundleInvalid)
        {
            throw new TelecomException(exception.Code, $"Bundle {bundle.Folder}: {exception.Message}", exception);
        }
    }

    private LearnedMethod<TIn, TOut> Fresh<TIn, TOut>(
        MethodDefinition<TIn, TOut> method, SettingValues settings, SharedBase? sharedBase, int seed, bool isTrained)
        where TIn : class
        where TOut : class
    {
        var id = method.Descriptor.Id;
        var create = method.Create
            ?? throw new TelecomException(ErrorCode.InvalidInput, $"Method '{id}' is analytic: it has no weights to train or load.");
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(seed);
        var learned = MethodFault.Guard(id, () => create(new MethodSetup(settings, sharedBase?.Width ?? 0) { IsTrained = isTrained }));
        try
        {
            return MethodFault.Guard(id, () =>
            {
                learned.Modules.to(executor.Device);
                learned.Modules.eval();
                foreach (var tensor in learned.Modules.state_dict().Values)
                {
                    tensor.DetachFromDisposeScope();
                }

                return learned;
            });
        }
        catch
        {
            learned.Dispose();
            throw;
        }
    }
}
