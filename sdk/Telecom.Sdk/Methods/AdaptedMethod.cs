using TorchSharp;

namespace Telecom.Sdk.Methods;

/// <summary>
/// A method on the shared base. Encoding and decoding are separate from the forward, so that the executor can send rows of different tasks through
/// the base together.
/// </summary>
/// <remarks>
/// The executor calls <see cref="Begin"/>, then alternates base forwards and <see cref="Advance"/> until the latter returns null. Methods with one
/// forward implement <see cref="Encode"/> and <see cref="Decode"/> only. All calls run under <c>no_grad</c> in a dispose scope of their own step.
/// </remarks>
public abstract class AdaptedMethod<TIn, TOut> : LearnedMethod<TIn, TOut>
{
    /// <summary>The adapter this method trains.</summary>
    public abstract AdapterOptions Adapter { get; }

    /// <summary>Starts a batch; overridden by methods that need several forwards, to say how many tokens the cache must hold.</summary>
    public virtual AdaptedPass<TIn, TOut> Begin(TIn[] batch) => new(batch, cacheTokens: 0);

    /// <summary>
    /// Tokens of a request's first forward, for methods whose requests differ in length and are padded by <see cref="Encode"/>: only rows of similar
    /// length share a batch then. Called on any thread.
    /// </summary>
    /// <returns>The number; 0, the default, where rows with equal batch keys have equal lengths.</returns>
    public virtual int CountTokens(TIn request) => 0;

    /// <summary>Requests to token-like embeddings.</summary>
    /// <returns>[B, T, d] with an optional mask.</returns>
    public abstract Embeddings Encode(ReadOnlySpan<TIn> batch);

    /// <summary>Hidden states to answers.</summary>
    /// <param name="hidden">[B, T, d] for the tokens fed in the last forward.</param>
    /// <param name="batch">The requests.</param>
    /// <param name="results">One answer per request.</param>
    public abstract void Decode(torch.Tensor hidden, ReadOnlySpan<TIn> batch, Span<TOut> results);

    /// <summary>Consumes the hidden states of one forward.</summary>
    /// <returns>The tokens of the next forward, appended to the cache of this pass; null when the results are complete.</returns>
    public virtual Embeddings? Advance(torch.Tensor hidden, AdaptedPass<TIn, TOut> pass)
    {
        Decode(hidden, pass.Requests, pass.Results);
        return null;
    }
}
