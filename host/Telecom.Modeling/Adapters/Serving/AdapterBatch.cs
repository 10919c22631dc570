using Telecom.Modeling.Forward;
using Telecom.Sdk.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Adapters.Serving;

/// <summary>Which tokens of one forward belong to which adapter, and what linear layers give for them.</summary>
/// <remarks>Lives as long as the forward; what it caches lies in the forward's dispose scope.</remarks>
internal sealed class AdapterBatch
{
    // Fewer adapters are served slice by slice: their stacks would take more memory than the calls they save take time.
    private const int MinStackedRuns = 4;

    // Batched products of few rows in bfloat16 spend more time on being set up than on arithmetic, three times as much as in float32 (CPU, measured).
    private const int FewTokens = 4;

    private readonly AdapterServing serving;
    private readonly bool isTraining;
    private readonly AdapterRun[] runs;
    private readonly long tokens;
    private readonly long adaptedTokens;
    private readonly bool isEven;
    private readonly bool hasNorms;
    private readonly FactorStackSet? stacks;
    private Tensor? mask;

    /// <param name="parts">Adapters and their tokens, in the order of the batch; rows without adapter stand first.</param>
    /// <param name="serving">How the base serves adapters.</param>
    /// <param name="isTraining">Whether gradients must reach the adapters' own parameters.</param>
    public AdapterBatch(IEnumerable<(Adapter? Adapter, long Tokens)> parts, AdapterServing serving, bool isTraining)
    {
        this.serving = serving;
        (runs, tokens) = Join(parts);
        hasNorms = Array.Exists(runs, run => run.Adapter.Norms.Count > 0);
        this.isTraining = isTraining || Array.Exists(runs, run => run.Adapter.Training);
        var atOnce = serving.Paths.StacksAtOnce;
        if (this.isTraining || runs.Length < (atOnce ? 2 : MinStackedRuns))
        {
            return;
        }

        adaptedTokens = runs.Sum(run => run.Count);
        isEven = Array.TrueForAll(runs, run => run.Count == runs[0].Count);
        stacks = serving.Stacks.Find(Array.ConvertAll(runs, run => run.Adapter), StackType(), atOnce);
    }

    /// <summary>The adapted linear layers of one group.</summary>
    /// <param name="x">[N, i], contiguous.</param>
    /// <param name="group">The layers.</param>
    /// <returns>[N, o] per layer.</returns>
    public Tensor[] Project(Tensor x, LinearGroup group)
    {
        if (runs.Length == 0)
        {
            return group.Forward(x);
        }

        if (isTraining)
        {
            return Trained(x, group);
        }

        var path = Choose(group);
        var outputs = path switch
        {
            ServingPath.Gathered => GatheredProjection.Project(x, group, stacks!.Of(group), runs[0].Count),
            ServingPath.Masked => MaskedProjection.Project(x, group, stacks!.Of(group), Mask()),
            _ => SegmentedProjection.Project(x, group, runs),
        };
        if (path == ServingPath.Segmented || stacks!.Of(group).HasOthers)
        {
            AddOthers(x, group, outputs);
        }

        return outputs;
    }

    /// <summary>A norm, with the weights of those adapters that bring their own.</summary>
    /// <param name="x">[N, d].</param>
    /// <param name="norm">The norm.</param>
    /// <returns>[N, d].</returns>
    public Tensor Normalize(Tensor x, INorm norm)
    {
        if (!hasNorms)
        {
            return norm.Forward(x);
        }

        var (parts, end) = (new List<Tensor>(), 0L);
        foreach (var run in runs)
        {
            AddPlain(run.Start);
            parts.Add(norm.Forward(run.Slice(x), run.Adapter.Norms.GetValueOrDefault(norm.Path)));
            end = run.Start + run.Count;
        }

        AddPlain(tokens);
        return cat(parts, 0);

        void AddPlain(long to)
        {
            if (end < to)
            {
                parts.Add(norm.Forward(x.narrow(0, end, to - end)));
            }
        }
    }

    private static (AdapterRun[] Runs, long Tokens) Join(IEnumerable<(Adapter? Adapter, long Tokens)> parts)
    {
        var joined = new List<AdapterRun>();
        var start = 0L;
        foreach (var (adapter, count) in parts)
        {
            if (joined.Count > 0 && joined[^1].Adapter == adapter)
            {
                joined[^1] = joined[^1] with { Count = joined[^1].Count + count };
            }
            else if (adapter is not null)
            {
                joined.Add(new AdapterRun(adapter, start, count));
            }

            start += count;
        }

        return ([.. joined], start);
    }

    private ServingPath Choose(LinearGroup group)
    {
        if (stacks?.Of(group) is not { Targets: > 0 } stack)
        {
            return ServingPath.Segmented;
        }

        var isWide = stacks!.ElementType != serving.ElementType;
        var path = serving.Paths.Choose(new MixedShape(group.IsFeedForward, runs.Length, adaptedTokens, isEven, stack.Rank));
        return path == ServingPath.Gathered && !isEven ? ServingPath.Segmented
            : path == ServingPath.Masked && isWide ? ServingPath.Gathered
            : path;
    }

    // Only what is even can be gathered, and only gathered products take another type than the base.
    private ScalarType StackType() =>
        isEven && runs[0].Count <= FewTokens && serving.ElementType == ScalarType.BFloat16 && serving.Device.type == DeviceType.CPU
            ? ScalarType.Float32
            : serving.ElementType;

    // [adapted tokens, N, 1]: one where a token belongs to an adapter. Made in the scope of one layer for all of them.
    private Tensor Mask() => mask ??= Ownership().MoveToOuterDisposeScope();

    private Tensor Ownership()
    {
        var owned = new float[adaptedTokens * runs.Length];
        var token = 0L;
        for (var n = 0; n < runs.Length; n++)
        {
            for (var i = 0L; i < runs[n].Count; i++)
            {
                owned[(token++ * runs.Length) + n] = 1;
            }
        }

        return tensor(owned, [adaptedTokens, runs.Length, 1], serving.ElementType, serving.Device);
    }

    // Through the adapters' own parameters, so that gradients reach them.
    private Tensor[] Trained(Tensor x, LinearGroup group)
    {
        var outputs = group.Forward(x);
        for (var i = 0; i < outputs.Length; i++)
        {
            foreach (var run in runs)
            {
                var isAll = run.Count == tokens;
                var (input, output) = isAll ? (x, outputs[i]) : (x.narrow(0, run.Start, run.Count), outputs[i].narrow(0, run.Start, run.Count));
                if (run.Adapter.Delta(group.Layer, group.Linears[i].Target, input, output) is not { } delta)
                {
                    continue;
                }

                if (isAll)
                {
                    outputs[i] = outputs[i].Plus(delta);
                }
                else
                {
                    output.PlusInPlace(delta);
                }
            }
        }

        return outputs;
    }

    // Adapters without low-rank form: their rows one adapter after the other.
    private void AddOthers(Tensor x, LinearGroup group, Tensor[] outputs)
    {
        foreach (var run in runs)
        {
            var served = group.Of(run.Adapter);
            for (var i = 0; i < outputs.Length; i++)
            {
                if (served.Others[i] is not { } other)
                {
                    continue;
                }

                var output = run.Slice(outputs[i]);
                if (other.Delta(run.Slice(x), output, training: false) is { } delta)
                {
                    output.PlusInPlace(delta);
                }
            }
        }
    }
}
