using Telecom.Modeling.Execution;
using Telecom.Modeling.Forward;
using Telecom.Runtime.Bases;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>Rows of one lane between their first step and their answers. Executor thread only, under <c>no_grad</c>.</summary>
/// <remarks>The tokens of the next forward belong to the batch. Whatever plugin code throws ends up in <see cref="Failure"/>.</remarks>
internal abstract class RunningBatch : IDisposable
{
    /// <summary>Requests of the batch.</summary>
    public abstract int Rows { get; }

    /// <summary>Base of the next forward; null for methods that need none.</summary>
    public abstract SharedBase? Base { get; }

    /// <summary>Tokens of the next forward; null before <see cref="Begin"/> and once the batch is done.</summary>
    public Embeddings? Tokens { get; private set; }

    /// <summary>Why there are no answers; null while there is no reason.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Requests that it answers; empty for a batch of its own.</summary>
    public virtual IReadOnlyList<QueuedRequest> Requests => [];

    /// <summary>Whether a forward was consumed.</summary>
    public bool HasAdvanced { get; private set; }

    /// <summary>Tokens of the next forward, padding included.</summary>
    public long TokenCount => Tokens is { } tokens ? tokens.Values.shape[0] * tokens.Values.shape[1] : 0;

    /// <summary>First step: answers at once, or sets <see cref="Tokens"/>.</summary>
    public void Begin()
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            Keep(Start());
        }
#pragma warning disable CA1031 // A plugin may throw anything; only its own rows fail.
        catch (Exception exception) when (exception is not ThreadReplacedException)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    /// <summary>Consumes the hidden states of a forward; sets <see cref="Tokens"/> to those of the next one, or to null.</summary>
    /// <param name="hidden">[B, T, d] for the tokens of this forward; stays the caller's.</param>
    public void Advance(torch.Tensor hidden)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            var next = Continue(hidden);
            HasAdvanced = true;
            Keep(next);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception) when (exception is not ThreadReplacedException)
#pragma warning restore CA1031
        {
            Fail(exception);
        }
    }

    /// <summary>Ends the batch without answers.</summary>
    public void Fail(Exception exception)
    {
        Failure = Describe(exception);
        Release();
    }

    /// <summary>The batch as a part of a forward.</summary>
    public abstract ForwardSegment Segment();

    /// <summary>Hands every row its answer or the failure.</summary>
    public abstract void Report();

    /// <summary>The requests of a batch that failed, each in one of its own.</summary>
    /// <returns>Batches that take over; empty where the failure stands for all requests.</returns>
    public virtual IReadOnlyList<RunningBatch> Split() => [];

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what outlives a step.</summary>
    protected virtual void Dispose(bool disposing) => Release();

    /// <returns>Tokens of the first forward; null when the answers are complete.</returns>
    protected abstract Embeddings? Start();

    /// <returns>Tokens of the next forward; null when the answers are complete.</returns>
    protected abstract Embeddings? Continue(torch.Tensor hidden);

    /// <summary>Checks tokens before anything is computed from them.</summary>
    protected abstract void Check(Embeddings tokens);

    /// <returns>The failure as callers see it.</returns>
    protected abstract Exception Describe(Exception exception);

    // Handles of its own: what a method returns may be a weight that it keeps, or a temporary that ends with the step.
    private void Keep(Embeddings? next)
    {
        if (next is { } tokens)
        {
            Check(tokens);
        }

        Release();
        Tokens = next is { } kept
            ? new Embeddings(kept.Values.alias().DetachFromDisposeScope(), kept.Mask?.alias().DetachFromDisposeScope())
            : null;
    }

    private void Release()
    {
        Tokens?.Values.Dispose();
        Tokens?.Mask?.Dispose();
        Tokens = null;
    }
}
