using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// A copy of a linear layer's weight in which one sparse adapter at a time takes effect: a switch writes the adapter's few values and puts those it
/// overwrote back, which costs O(n) instead of O(o i) and restores every bit.
/// </summary>
/// <remarks>The copy belongs to this object; the shared weight is read once and never written. Executor thread only.</remarks>
public sealed class SparseSwitch : IDisposable
{
    private readonly Tensor weight;
    private readonly Tensor flat;
    private Tensor? places;
    private Tensor? overwritten;

    /// <param name="original">W, [o, i].</param>
    public SparseSwitch(Tensor original)
    {
        weight = original.detach().contiguous().clone().DetachFromDisposeScope();
        flat = weight.view(-1).DetachFromDisposeScope();
    }

    /// <summary>W + ΔW of the adapter that was switched on last; W itself after <see cref="Off"/>.</summary>
    public Tensor Current => weight;

    /// <summary>Puts the adapter into effect; the one before gives way.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.Unprocessable"/>: the adapter is not sparse, or the sum is not finite; what was in effect stays so.
    /// </exception>
    public void On(AdaptedLinear adapter)
    {
        var sparse = adapter as ShiraLinear ?? throw new TelecomException(
            ErrorCode.Unprocessable, "Only a sparse adapter can be switched in place; merge the others into a copy of the weight.");
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var change = sparse.Parameters[ShiraMethod.NameValues].Times(sparse.Scale);
        if (!change.isfinite().all().item<bool>())
        {
            throw new TelecomException(ErrorCode.Unprocessable, "The sparse adapter has values that are not finite; what was in effect stays so.");
        }

        Off();
        var own = sparse.Positions.clone();
        var old = flat.index_select(0, own);
        flat.index_copy_(0, own, old.Plus(change).to(flat.dtype));
        (places, overwritten) = (own.DetachFromDisposeScope(), old.DetachFromDisposeScope());
    }

    /// <summary>Puts every overwritten value back.</summary>
    public void Off()
    {
        if (places is null)
        {
            return;
        }

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        flat.index_copy_(0, places, overwritten!);
        places.Dispose();
        overwritten!.Dispose();
        (places, overwritten) = (null, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        places?.Dispose();
        overwritten?.Dispose();
        flat.Dispose();
        weight.Dispose();
    }
}
