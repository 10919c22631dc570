using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>Requests of one method, run to their answers.</summary>
/// <param name="model">The method.</param>
/// <param name="requests">The requests.</param>
/// <param name="leased">The adapter that answers; null for the model's own, or none.</param>
internal class MethodBatch<TIn, TOut>(LoadedModel<TIn, TOut> model, TIn[] requests, Adapter? leased = null) : RunningBatch
    where TIn : class
    where TOut : class
{
    private readonly Adapter? adapter = leased ?? model.Adapter;
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
            cache = new KeyValueCache(
                transformer.Configuration, tokens.Values.shape[0], pass.CacheTokens, transformer.Device, transformer.ElementType);
        }

        return tokens;
    }

    protected override Embeddings? Continue(torch.Tensor hidden)
    {
        RequireFinite(hidden);
        pass!.Step++;
        var next = model.Adapted!.Advance(hidden, pass);
        if (next is null)
        {
            RequireAnswers();
        }

        return next;
    }

    protected override void Check(Embeddings tokens)
    {
        Segment(tokens).Check(model.Base!.Width);
        if (!IsFinite(tokens.Values))
        {
            throw new TelecomException(
                ErrorCode.Unprocessable, $"Method '{model.Descriptor.Id}' makes values of this request that are not finite: its numbers are too large.");
        }
    }

    /// <summary>Told when the adapter gave values that are not finite where the base alone does not.</summary>
    protected virtual void Blame(string reason)
    {
    }

    protected override Exception Describe(Exception exception) => MethodFault.Of(model.Descriptor.Id, exception);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        cache?.Dispose();
    }

    private ForwardSegment Segment(Embeddings tokens) => new(tokens, adapter, cache);

    // A value that is not finite survives the sum, and one number crosses to the host instead of all.
    private static bool IsFinite(torch.Tensor values) => float.IsFinite(values.sum(torch.ScalarType.Float32).item<float>());

    private void RequireFinite(torch.Tensor hidden)
    {
        if (IsFinite(hidden))
        {
            return;
        }

        if (adapter is not null && model.Base!.Model is { } transformer && IsFinite(transformer.Forward([new ForwardSegment(Tokens!.Value, null)])[0]))
        {
            const string reason = "it gave values that are not finite";
            Blame(reason);
            throw new TelecomException(ErrorCode.AdapterInvalid, $"The adapter of method '{model.Descriptor.Id}' cannot be used: {reason}.");
        }

        throw new TelecomException(
            ErrorCode.Unprocessable, $"Method '{model.Descriptor.Id}' has no finite answer to this request: its numbers are too large.");
    }

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
