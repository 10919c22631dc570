using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>A linear layer's weight with an adapter merged in, beside the frozen original.</summary>
/// <remarks>
/// The sum is a tensor of its own and unmerging drops it: subtracting ΔW again would not give back the bits of W. Executor thread only.
/// </remarks>
public sealed class MergedWeight(Tensor original) : IDisposable
{
    private Tensor? merged;

    /// <summary>W + ΔW while merged, W itself otherwise.</summary>
    public Tensor Current => merged ?? original;

    /// <summary>Makes W + ΔW current; an adapter that was merged before gives way.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.Unprocessable"/>: the sum is not finite, or the adapter changes the bias too; what was current stays so.</exception>
    public void Merge(AdaptedLinear adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        if (adapter.AddsBias)
        {
            throw new TelecomException(ErrorCode.Unprocessable, "The adapter changes the bias too, which a weight cannot hold; serve it unmerged.");
        }

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        // Summed in the wider of both types and rounded to the layer's once.
        var sum = original.Plus(adapter.DeltaWeight()).to(original.dtype);
        if (!sum.isfinite().all().item<bool>())
        {
            throw new TelecomException(ErrorCode.Unprocessable, "The merged weight has values that are not finite; serve the adapter unmerged.");
        }

        Unmerge();
        merged = sum.DetachFromDisposeScope();
    }

    /// <summary>Makes W current again.</summary>
    public void Unmerge()
    {
        merged?.Dispose();
        merged = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Unmerge();
}
