using Telecom.Modeling.Forward;
using Telecom.Runtime.Bases;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Runtime.Serving;

/// <summary>Rows of one lane between their first step and their answers. Executor thread only.</summary>
internal abstract class RunningBatch : IDisposable
{
    /// <summary>Base of the next forward; null for methods that need none.</summary>
    public abstract SharedBase? Base { get; }

    /// <summary>Tokens of the next forward; null before <see cref="Begin"/> and after the last step.</summary>
    public Embeddings? Tokens { get; protected set; }

    /// <summary>First step: answers at once, or sets <see cref="Tokens"/>.</summary>
    public abstract void Begin();

    /// <summary>The batch as a part of a forward.</summary>
    public abstract ForwardSegment Segment();

    /// <summary>Consumes the hidden states of a forward; sets <see cref="Tokens"/> to those of the next one, or to null.</summary>
    public abstract void Advance(torch.Tensor hidden);

    /// <summary>Hands every row its answer.</summary>
    public abstract void Complete();

    /// <summary>Hands every row the failure.</summary>
    public abstract void Fail(Exception exception);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Keeps the tokens of the next forward alive past the scope of this round.</summary>
    public void KeepTokens()
    {
        Tokens?.Values.DetachFromDisposeScope();
        Tokens?.Mask?.DetachFromDisposeScope();
    }

    /// <summary>Puts kept tokens under the scope of the round that consumes them.</summary>
    public void AdoptTokens(DisposeScope scope)
    {
        if (Tokens is { } tokens)
        {
            scope.Attach(tokens.Values);
            if (tokens.Mask is not null)
            {
                scope.Attach(tokens.Mask);
            }
        }
    }
}
