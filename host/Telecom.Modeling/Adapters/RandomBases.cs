using System.Runtime.InteropServices;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters;

/// <summary>
/// Random matrices U(-1, 1) / √K that are drawn from a seed whenever they are needed and never kept (adapters.md 4.9): SplitMix64, row-major over
/// [basis, row, column].
/// </summary>
/// <param name="seed">Seed of the stream.</param>
/// <param name="count">K.</param>
/// <param name="rows">Rows of each basis.</param>
/// <param name="columns">Columns of each basis.</param>
internal sealed class RandomBases(ulong seed, int count, long rows, long columns)
{
    /// <summary>Number of bases K.</summary>
    public int Count => count;

    /// <summary>Σ c_k Ã_k, one basis at a time. Gradients flow to the coefficients.</summary>
    /// <param name="coefficients">[K].</param>
    /// <returns>[rows, columns] in the coefficients' type and on their device.</returns>
    public Tensor Combine(Tensor coefficients) => Combination.apply(coefficients, this);

    private Tensor Sum(Tensor coefficients)
    {
        using var scope = NewDisposeScope();
        var factors = coefficients.detach().to(float64).cpu().data<double>().ToArray();
        var sum = zeros([rows, columns], float64);
        var index = 0;
        foreach (var basis in Draw())
        {
            sum.PlusInPlace(basis, factors[index++]);
        }

        return sum.to(coefficients.dtype).to(coefficients.device).MoveToOuterDisposeScope();
    }

    private Tensor InnerProducts(Tensor gradient)
    {
        using var scope = NewDisposeScope();
        var plain = gradient.detach().to(float64).cpu();
        var products = new double[count];
        var index = 0;
        foreach (var basis in Draw())
        {
            products[index++] = basis.mul(plain).sum().item<double>();
        }

        return tensor(products).to(gradient.dtype).to(gradient.device).MoveToOuterDisposeScope();
    }

    // One buffer for all bases: each is valid until the next is asked for.
    private IEnumerable<Tensor> Draw()
    {
        using var basis = empty([rows, columns], float64);
        var random = new SplitMix64(seed);
        var bound = 1 / Math.Sqrt(count);
        for (var k = 0; k < count; k++)
        {
            Fill(basis, ref random, bound);
            yield return basis;
        }
    }

    private static void Fill(Tensor basis, ref SplitMix64 random, double bound)
    {
        foreach (ref var value in MemoryMarshal.Cast<byte, double>(basis.bytes))
        {
            value = ((2 * random.NextUnit()) - 1) * bound;
        }
    }

    // Autograd written out, because its own graph would keep every basis until the backward pass.
    private sealed class Combination : autograd.SingleTensorFunction<Combination>
    {
        public override string Name => nameof(Combination);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("bases", vars[1]);
            return ((RandomBases)vars[1]).Sum((Tensor)vars[0]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [((RandomBases)ctx.get_data("bases")).InnerProducts(grad_output), null!];
    }
}
