using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Serving;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters.Serving;

/// <summary>Every path of a mixed batch against y = g (Wx + sB(Ax)) + b in plain loops (adapters.md 5.4.7, and G4 of 6).</summary>
public sealed class ProjectionTests : IDisposable
{
    // Sums of up to 16 products of order 1, then up to 9: some ten roundings of 6e-8 at values up to 10.
    private const double Tolerance = 5e-6;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public static TheoryData<ServingPath> Paths => [.. Enum.GetValues<ServingPath>()];

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Two_adapters_and_none_give_the_values_of_the_specification(ServingPath path)
    {
        using var one = Lora(Site(3, 2, [1, 0, 0, 1, 1, 1]), alpha: 2, [1, 2], [1, 0, 2]);
        using var two = Lora(Site(3, 2, [1, 0, 0, 1, 1, 1]), alpha: 0.5, [0, -1], [3, 1, 0]);
        using var group = new LinearGroup(0, isFeedForward: true, ("up_proj", tensor(new float[] { 1, 0, 0, 1, 1, 1 }, [3, 2]), null));
        using var serving = new AdapterServing(float32, CPU, new ForcedPath(path));

        // Rows without adapter stand first.
        var batch = new AdapterBatch([(null, 1), (one, 1), (two, 1)], serving, isTraining: false);
        var y = batch.Project(tensor(new float[] { 0, 3, 1, 1, 2, 0 }, [3, 2]), group)[0];

        Assert.Equal([0, 3, 3, 7, 1, 14, 2, 0, 2], Arrays.Of(y));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Groups_of_layers_with_biases_and_gains_equal_plain_loops(ServingPath path)
    {
        using var weights = SmallBase.Weights(SmallBase.Grouped with { QueryKeyValueBias = true });
        var adapters = MixedAdapters.All(weights).FindAll(adapter => adapter?.Method.Name is "lora" or "dora");
        using var serving = new AdapterServing(float32, CPU, new ForcedPath(path));
        Tensor Part(string target, string kind) => weights.Tensors[$"model.layers.0.self_attn.{target}.{kind}"];
        string[] targets = ["q_proj", "k_proj", "v_proj"];
        using var group = new LinearGroup(
            0, isFeedForward: false, [.. targets.Select(target => (target, Part(target, "weight"), (Tensor?)Part(target, "bias")))]);

        foreach (var counts in new long[][] { [0, 1, 1, 1, 1, 1, 1], [3, 2, 2, 2, 2, 2, 2], [2, 1, 4, 3, 1, 6, 2] })
        {
            var parts = counts.Zip(adapters.Prepend(null), (count, adapter) => (adapter, count)).Where(part => part.count > 0).ToArray();
            var x = Arrays.Tokens(3, 1, counts.Sum(), 16)[0];

            var outputs = new AdapterBatch(parts, serving, isTraining: false).Project(x, group);

            for (var i = 0; i < targets.Length; i++)
            {
                var expected = Expected(Arrays.Of(x), Part(targets[i], "weight"), Part(targets[i], "bias"), targets[i], parts);
                Assert.InRange(Arrays.MaxDifference(expected, Arrays.Of(outputs[i])), 0, Tolerance);
            }
        }

        adapters.ForEach(adapter => adapter!.Dispose());
    }

    private static float[] Expected(
        float[] x, Tensor weight, Tensor bias, string target, (Adapter? Adapter, long Count)[] parts)
    {
        var (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        var (w, b) = (Arrays.Of(weight), Arrays.Of(bias));
        var y = new float[x.Length / inputs * outputs];
        var token = 0;
        foreach (var (adapter, count) in parts)
        {
            var factors = adapter?.Linear(0, target)?.LowRank();
            for (var end = token + count; token < end; token++)
            {
                var row = x.AsSpan(token * inputs, inputs);
                for (var o = 0; o < outputs; o++)
                {
                    var sum = Dot(w.AsSpan(o * inputs, inputs), row) + Delta(factors, row, o);
                    y[(token * outputs) + o] = (float)((sum * (factors?.Gain is { } gain ? Arrays.Of(gain)[o] : 1)) + b[o]);
                }
            }
        }

        return y;
    }

    private static double Delta(LowRankFactors? factors, ReadOnlySpan<float> x, int output)
    {
        if (factors is null)
        {
            return 0;
        }

        var rank = (int)factors.A.shape[0];
        var (a, b) = (Arrays.Of(factors.A), Arrays.Of(factors.B));
        var sum = 0.0;
        for (var r = 0; r < rank; r++)
        {
            sum += b[(output * rank) + r] * Dot(a.AsSpan(r * x.Length, x.Length), x);
        }

        return sum;
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static LinearSite Site(int outputs, int inputs, float[] weight) =>
        AdapterSamples.Site(outputs, inputs) with { Weight = tensor(weight, [outputs, inputs]) };

    private static Adapter Lora(LinearSite site, double alpha, float[] a, float[] b)
    {
        var adapter = new Adapter(new LoraMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = 1, Alpha = alpha })], seed: 1);
        var parameters = adapter.Linear(0, "up_proj")!.Parameters;
        parameters["lora_A.weight"].copy_(tensor(a, [1, a.Length]));
        parameters["lora_B.weight"].copy_(tensor(b, [b.Length, 1]));
        adapter.Refresh();
        return adapter;
    }
}
