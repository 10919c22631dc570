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

    public override int Rows => requests.Length;

    public override SharedBase? Base => model.Base;

    /// <summary>One answer per request, once the batch is done without failure.</summary>
    public ReadOnlySpan<TOut> Answers => pass is null ? answers : pass.Results;

    public override ForwardSegment Segment() => Segment(Tokens!.Value);

    public override void Report()
    {
    }

    protected override Embeddings? Start()
    {
        if (model.Direct is { } direct)
        {
            answers = new TOut[requests.Length];
            direct.Predict(requests, answers);
            RequireAnswers();
            return null;
        }

        pass = model.Adapted!.Begin(requests);
        var tokens = model.Adapted.Encode(requests);
        if (pass.CacheTokens > 0 && model.Base!.Model is { } transformer)
        {
            // A method may encode a request as several rows, so that the tokens say how many there are.
            cache = new KeyValueCache(transformer.Configuration, tokens.Values.shape[0], pass.CacheTokens, transformer.Device);
        }

        return tokens;
    }

    protected override Embeddings? Continue(torch.Tensor hidden)
    {
        pass!.Step++;
        var next = model.Adapted!.Advance(hidden, pass);
        if (next is null)
        {
            RequireAnswers();
        }

        return next;
    }

    protected override void Check(Embeddings tokens) => Segment(tokens).Check(model.Base!.Width);

    protected override Exception Describe(Exception exception) => MethodFault.Of(model.Descriptor.Id, exception);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        cache?.Dispose();
    }

    private ForwardSegment Segment(Embeddings tokens) => new(tokens, model.Adapter, cache);

    private void RequireAnswers()
    {
        for (var row = 0; row < Answers.Length; row++)
        {
            if (Answers[row] is null)
            {
                throw new InvalidOperationException($"it gave no answer to request {row + 1} of {Answers.Length}.");
            }
        }
    }
}
