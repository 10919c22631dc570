using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>Merging of tensors of one shape: weighted sums, TIES (Yadav et al. 2023) and DARE (Yu et al. 2023).</summary>
/// <remarks>Results belong to the caller's dispose scope.</remarks>
internal static class TensorMerge
{
    /// <returns>Σ w x.</returns>
    public static Tensor Sum(IReadOnlyList<Tensor> tensors, IReadOnlyList<double> weights)
    {
        using var scope = NewDisposeScope();
        var sum = zeros_like(tensors[0]);
        for (var i = 0; i < tensors.Count; i++)
        {
            sum.PlusInPlace(tensors[i].Times(weights[i]));
        }

        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>Keeps the ⌊density n⌋ entries of largest magnitude; among equal ones those that come first.</summary>
    public static Tensor Trim(Tensor tensor, double density)
    {
        using var scope = NewDisposeScope();
        var kept = (long)Math.Floor(density * tensor.numel());
        var (_, order) = tensor.abs().reshape(-1).sort(0, descending: true, stable: true);
        var mask = zeros([tensor.numel()], tensor.dtype, tensor.device);
        using Scalar one = 1L;
        mask.index_fill_(0, order.narrow(0, 0, kept), one);
        return tensor.mul(mask.view(tensor.shape)).MoveToOuterDisposeScope();
    }

    /// <summary>Averages, per entry, the weighted values whose sign is that of the unweighted sum; a sum of zero counts as positive.</summary>
    public static Tensor AverageOfMajority(IReadOnlyList<Tensor> tensors, IReadOnlyList<double> weights)
    {
        using var scope = NewDisposeScope();
        var all = stack(tensors);
        var positive = all.sum([0]).IsAtLeast(0);
        var agrees = where(positive, all.IsAbove(0), all.IsBelow(0)).to(all.dtype);
        var factors = tensor([.. weights], all.dtype, all.device).view([-1, .. Enumerable.Repeat(1L, (int)tensors[0].Dimensions)]);
        return all.mul(factors).mul(agrees).sum([0]).div(agrees.sum([0]).AtLeast(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Keeps every entry with probability <paramref name="density"/> and divides what is kept by it.</summary>
    /// <remarks>Row-major draws of SplitMix64, so that equal seeds give equal masks on every machine.</remarks>
    public static Tensor Thin(Tensor tensor, double density, ref SplitMix64 random)
    {
        using var scope = NewDisposeScope();
        var mask = new float[tensor.numel()];
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = random.NextUnit() < density ? (float)(1 / density) : 0;
        }

        return tensor.mul(Like(mask, tensor)).MoveToOuterDisposeScope();
    }

    private static Tensor Like(float[] values, Tensor like) => tensor(values, like.shape).to(like.dtype).to(like.device);
}
