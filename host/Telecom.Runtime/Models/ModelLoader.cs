using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Bases;
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
    /// <param name="method">The learned method.</param>
    /// <param name="bundle">Its bundle.</param>
    /// <param name="sharedBase">The base; null for network methods.</param>
    /// <param name="version">Bundle version for answers.</param>
    public Task<LoadedModel<TIn, TOut>> LoadAsync<TIn, TOut>(
        MethodDefinition<TIn, TOut> method, Bundle bundle, SharedBase? sharedBase, string version)
        where TIn : class
        where TOut : class =>
        executor.RunAsync(
            () =>
            {
                if (method.Descriptor.Kind == MethodKind.Adapted)
                {
                    bundle.RequireBase(sharedBase!.Name, sharedBase.Fingerprint);
                }

                var settings = SettingValues.Create(method.Descriptor.Settings, bundle.Settings);
                var learned = Fresh(method, settings, sharedBase, seed: 0);
                try
                {
                    bundle.LoadModules(learned.Modules);
                    var adapter = bundle.HasAdapter && sharedBase?.Model is { } model ? bundle.LoadAdapter(model.Weights) : null;
                    return new LoadedModel<TIn, TOut>(method.Descriptor, learned, adapter, sharedBase, version);
                }
                catch
                {
                    learned.Dispose();
                    throw;
                }
            },
            CancellationToken.None);

    /// <summary>A method with fresh weights, for training. Executor thread only.</summary>
    public (LearnedMethod<TIn, TOut> Learned, Adapter? Adapter) Build<TIn, TOut>(
        MethodDefinition<TIn, TOut> method, SettingValues settings, SharedBase? sharedBase, int seed)
        where TIn : class
        where TOut : class
    {
        var learned = Fresh(method, settings, sharedBase, seed);
        var adapter = learned is AdaptedMethod<TIn, TOut> adapted && sharedBase?.Model is { } model
            ? new LoraAdapter(adapted.Adapter, model.Configuration, executor.Device, (ulong)seed)
            : null;
        return (learned, adapter);
    }

    private LearnedMethod<TIn, TOut> Fresh<TIn, TOut>(MethodDefinition<TIn, TOut> method, SettingValues settings, SharedBase? sharedBase, int seed)
        where TIn : class
        where TOut : class
    {
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(seed);
        var create = method.Create
            ?? throw new TelecomException(ErrorCode.InvalidInput, $"Method '{method.Descriptor.Id}' is analytic: it has no weights to train or load.");
        var learned = create(new MethodSetup(settings, sharedBase?.Width ?? 0));
        learned.Modules.to(executor.Device);
        learned.Modules.eval();
        foreach (var tensor in learned.Modules.state_dict().Values)
        {
            tensor.DetachFromDisposeScope();
        }

        return learned;
    }
}
