using Telecom.Modeling.Forward;
using Telecom.Sdk.Tensors;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>
/// Batched products over stacked factors: T = bmm(X, Aᵀ) for all layers of the group, D = bmm(T, Bᵀ), y = D + x Wᵀ. The frozen product comes last and
/// accumulates onto D, which saves the sum a pass of its own.
/// </summary>
/// <remarks>Never <c>baddbmm</c>: TorchSharp 0.107 hands its operands over in the wrong order.</remarks>
internal static class GatheredProjection
{
    /// <param name="x">[N, i]; the adapted tokens stand last.</param>
    /// <param name="group">The layers.</param>
    /// <param name="stack">Factors, one entry per adapter.</param>
    /// <param name="tokens">Tokens of each adapter.</param>
    /// <returns>[N, o] per layer.</returns>
    public static Tensor[] Project(Tensor x, LinearGroup group, FactorStack stack, long tokens)
    {
        var adapters = stack.A!.shape[0];
        var (all, adapted) = (x.shape[0], adapters * tokens);
        var input = adapted == all ? x : x.narrow(0, all - adapted, adapted);

        // Stacks may be wider than the base.
        var wide = input.dtype == stack.A.dtype ? input : input.to(stack.A.dtype);
        var low = wide.view(adapters, tokens, -1).bmm(stack.Transposed!);
        var outputs = new Tensor[group.Linears.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            var linear = group.Linears[i];
            if (stack.B[i] is not { } b)
            {
                outputs[i] = linear.Forward(x);
                continue;
            }

            var own = stack.Targets == 1 ? low : low.narrow(2, stack.Slot(i) * stack.Rank, stack.Rank);
            var delta = own.bmm(b);
            if (adapted == all && delta.dtype == x.dtype)
            {
                outputs[i] = delta.view(all, -1).addmm_(x, linear.Transposed, 1, 1);
                Scale(delta, stack.Gains[i]);
            }
            else
            {
                outputs[i] = linear.Multiply(x);
                var tail = (adapted == all ? outputs[i] : outputs[i].narrow(0, all - adapted, adapted)).view(adapters, tokens, -1);
                Scale(tail.PlusInPlace(delta), stack.Gains[i]);
            }

            linear.AddBias(outputs[i]);
        }

        return outputs;
    }

    private static void Scale(Tensor sums, Tensor? gains)
    {
        if (gains is not null)
        {
            sums.mul_(gains);
        }
    }
}
