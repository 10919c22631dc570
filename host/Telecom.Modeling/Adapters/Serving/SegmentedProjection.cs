using Telecom.Modeling.Forward;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>Slice after slice: T = x Aᵀ for all layers of the group, then y += T Bᵀ in place.</summary>
internal static class SegmentedProjection
{
    public static Tensor[] Project(Tensor x, LinearGroup group, ReadOnlySpan<AdapterRun> runs)
    {
        var outputs = new Tensor[group.Linears.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = HasGain(runs, group, i) ? group.Linears[i].Multiply(x) : group.Linears[i].Forward(x);
        }

        foreach (var run in runs)
        {
            var served = group.Of(run.Adapter);
            if (served.A is not { } a)
            {
                continue;
            }

            var low = nn.functional.linear(run.Slice(x), a);
            for (var i = 0; i < outputs.Length; i++)
            {
                if (served.Linears[i] is { } factors)
                {
                    var own = factors.Rank == a.shape[0] ? low : low.narrow(1, factors.First, factors.Rank);
                    var sum = run.Slice(outputs[i]).addmm_(own, factors.B, 1, 1);
                    _ = factors.Gain is { } gain ? sum.mul_(gain) : sum;
                }
            }
        }

        for (var i = 0; i < outputs.Length; i++)
        {
            if (HasGain(runs, group, i))
            {
                group.Linears[i].AddBias(outputs[i]);
            }
        }

        return outputs;
    }

    // A gain scales the product but not the bias, which is then added last.
    private static bool HasGain(ReadOnlySpan<AdapterRun> runs, LinearGroup group, int linear)
    {
        if (group.Linears[linear].Bias is null)
        {
            return false;
        }

        foreach (var run in runs)
        {
            if (group.Of(run.Adapter).Linears[linear]?.Gain is not null)
            {
                return true;
            }
        }

        return false;
    }
}
