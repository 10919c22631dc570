using Telecom.Modeling.Adapters;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Models;

/// <summary>A method that can answer: an analytic one, or a learned one with the weights of one bundle.</summary>
internal sealed class LoadedModel<TIn, TOut> : IDisposable
    where TIn : class
    where TOut : class
{
    private readonly LearnedMethod<TIn, TOut>? learned;

    public LoadedModel(MethodDescriptor descriptor, IMethod<TIn, TOut> analytic)
    {
        Descriptor = descriptor;
        Direct = analytic;
    }

    /// <param name="descriptor">The method.</param>
    /// <param name="learned">Its modules.</param>
    /// <param name="adapter">An adapter that belongs to the model, for training and evaluation; null where requests lease one.</param>
    /// <param name="sharedBase">The base; null for network methods.</param>
    /// <param name="version">Bundle version.</param>
    /// <param name="entry">The adapter of the bundle in the registry; null where there is none, or the model has its own.</param>
    public LoadedModel(
        MethodDescriptor descriptor,
        LearnedMethod<TIn, TOut> learned,
        Adapter? adapter,
        SharedBase? sharedBase,
        string version,
        AdapterEntry? entry = null)
    {
        Descriptor = descriptor;
        this.learned = learned;
        Direct = learned as NetworkMethod<TIn, TOut>;
        Adapted = learned as AdaptedMethod<TIn, TOut>;
        Adapter = adapter;
        Base = sharedBase;
        Version = version;
        Entry = entry;
    }

    public MethodDescriptor Descriptor { get; }

    /// <summary>Answers in one call; null for adapted methods.</summary>
    public IMethod<TIn, TOut>? Direct { get; }

    /// <summary>Answers through the base; null for the other kinds.</summary>
    public AdaptedMethod<TIn, TOut>? Adapted { get; }

    public Adapter? Adapter { get; }

    /// <summary>What a request leases unless it names another adapter.</summary>
    public AdapterEntry? Entry { get; }

    public SharedBase? Base { get; }

    /// <summary>Bundle version; null for analytic methods.</summary>
    public string? Version { get; }

    public Suitability Examine(TIn request) => learned?.Examine(request) ?? Suitability.Suitable;

    public long BatchKey(TIn request) => learned?.BatchKey(request) ?? 0;

    /// <summary>Tokens of a request's first forward; 0 where its method does not count them.</summary>
    public int CountTokens(TIn request) => Adapted?.CountTokens(request) ?? 0;

    /// <summary>Executor thread only.</summary>
    public void Dispose()
    {
        learned?.Dispose();
        Adapter?.Dispose();
    }
}
