using Telecom.Modeling.Forward;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>The factors of all adapters side by side: T = x Acatᵀ, masked to each token's own adapter, then y += T Bcatᵀ.</summary>
internal static class MaskedProjection
{
    /// <param name="x">[N, i]; the adapted tokens stand last.</param>
    /// <param name="group">The layers.</param>
    /// <param name="stack">Factors, one entry per adapter.</param>
    /// <param name="mask">[adapted tokens, adapters, 1], one where a token belongs to an adapter.</param>
    /// <returns>[N, o] per layer.</returns>
    public static Tensor[] Project(Tensor x, LinearGroup group, FactorStack stack, Tensor mask)
    {
        var (all, adapted, adapters) = (x.shape[0], mask.shape[0], mask.shape[1]);
        var input = adapted == all ? x : x.narrow(0, all - adapted, adapted);
        var width = adapters * stack.Rank;
        var low = nn.functional.linear(input, stack.A!.view(width * stack.Targets, -1));
        low.view(adapted, adapters, -1).mul_(mask);
        var byTarget = low.view(adapted, adapters, stack.Targets, stack.Rank);
        var outputs = new Tensor[group.Linears.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            var linear = group.Linears[i];
            if (stack.B[i] is not { } b)
            {
                outputs[i] = linear.Forward(x);
                continue;
            }

            outputs[i] = linear.Multiply(x);
            var tail = adapted == all ? outputs[i] : outputs[i].narrow(0, all - adapted, adapted);
            tail.addmm_(byTarget.select(2, stack.Slot(i)).reshape(adapted, width), b.view(width, -1), 1, 1);
            if (stack.Gains[i] is { } gains)
            {
                // One gain per token and output: the mask picks it.
                tail.mul_(mask.squeeze(2).mm(gains.squeeze(1)));
            }

            linear.AddBias(outputs[i]);
        }

        return outputs;
    }
}
