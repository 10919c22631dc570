using Telecom.Modeling.Forward;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>Requests of one method, run to their answers.</summary>
internal class MethodBatch<TIn, TOut>(LoadedModel<TIn, TOut> model, TIn[] requests) : RunningBatch
    where TIn : class
    where TOut : class
{
    private AdaptedPass<TIn, TOut>? pass;
    private KeyValueCache? cache;
    private TOut[]? answers;

    public override SharedBase? Base => model.Base;

    /// <summary>One answer per request; complete when there are no more tokens.</summary>
    public ReadOnlySpan<TOut> Answers => pass is null ? answers : pass.Results;

    public override void Begin()
    {
        if (model.Direct is { } direct)
        {
            answers = new TOut[requests.Length];
            direct.Predict(requests, answers);
            return;
        }

        pass = model.Adapted!.Begin(requests);
        if (pass.CacheTokens > 0 && model.Base!.Model is { } transformer)
        {
            cache = new KeyValueCache(transformer.Configuration, requests.Length, pass.CacheTokens, transformer.Device);
        }

        Tokens = model.Adapted.Encode(requests);
    }

    public override ForwardSegment Segment() => new(Tokens!.Value, model.Adapter, cache);

    public override void Advance(torch.Tensor hidden)
    {
        pass!.Step++;
        Tokens = model.Adapted!.Advance(hidden, pass);
    }

    public override void Complete()
    {
    }

    public override void Fail(Exception exception)
    {
    }

    public override void Dispose()
    {
        cache?.Dispose();
        GC.SuppressFinalize(this);
    }
}
