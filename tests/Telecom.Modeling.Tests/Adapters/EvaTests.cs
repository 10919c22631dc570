using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class EvaTests : IDisposable
{
    private readonly BaseModel model = SmallBase.Model(SmallBase.Plain);
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
        model.Dispose();
    }

    [Fact]
    public void Ranks_go_to_the_largest_explained_variances()
    {
        // adapters.md 6, G8.
        var ratios = new Dictionary<string, IReadOnlyList<double>>
        {
            ["a"] = [0.5, 0.2, 0.1, 0.05],
            ["b"] = [0.9, 0.05, 0.01, 0.005],
            ["c"] = [0.31, 0.3, 0.21, 0.11],
        };

        var ranks = EvaRanks.Distribute(ratios, budget: 6);

        Assert.Equal((2, 1, 3), (ranks["a"], ranks["b"], ranks["c"]));
        Assert.Equal(0, EvaRanks.Distribute(ratios, budget: 1)["a"]);
    }

    [Fact]
    public void Incremental_components_of_all_directions_are_those_of_one_decomposition()
    {
        // As many components as inputs lose nothing between batches: the result is exact.
        var rows = tensor(Arrays.Normal(3, 60 * 5), [60, 5]).mul(tensor(new float[] { 5, 3, 2, 1, 0.5f })).add(7).to(float64);
        using var analysis = new IncrementalPca(5);
        foreach (var batch in rows.split(20))
        {
            Assert.True(analysis.Add(batch));
        }

        var (_, s, vt) = linalg.svd(rows.sub(rows.mean([0])), fullMatrices: false);

        Assert.Equal(60, analysis.Rows);
        Assert.Equal(5, analysis.Cosines.Count);
        Assert.InRange(analysis.Components!.mul(vt).sum(1).abs().sub(1).abs().max().item<double>(), 0, 1e-9);
        Assert.InRange(analysis.SingularValues!.sub(s).abs().max().item<double>(), 0, 1e-9);
        var shares = s.square().div(s.square().sum());
        Assert.All(analysis.ExplainedVarianceRatios().Zip(shares.data<double>().ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
    }

    [Fact]
    public void Batch_with_fewer_rows_than_components_is_skipped()
    {
        using var analysis = new IncrementalPca(4);

        Assert.False(analysis.Add(ones(3, 8)));
        Assert.Equal(0, analysis.Rows);
        Assert.Empty(analysis.ExplainedVarianceRatios());
    }

    [Fact]
    public void Probe_leaves_the_forward_alone_and_shares_analyses_of_equal_inputs()
    {
        using var probe = new EvaProbe(rank: 2);
        using var watching = Watch(probe);
        var tokens = new Embeddings(Arrays.Tokens(1, 3, 6, 16));

        var watched = model.Forward([new ForwardSegment(tokens, watching)])[0];

        Assert.Equal(Arrays.Of(model.Forward([new ForwardSegment(tokens, null)])[0]), Arrays.Of(watched));
        Assert.Same(Analysis(probe, "q_proj"), Analysis(probe, "k_proj"));
        Assert.Same(Analysis(probe, "q_proj"), Analysis(probe, "v_proj"));
        Assert.Same(Analysis(probe, "gate_proj"), Analysis(probe, "up_proj"));
        Assert.NotSame(Analysis(probe, "q_proj"), Analysis(probe, "o_proj"));
        Assert.NotSame(Analysis(probe, "q_proj"), Analysis(probe, "up_proj"));
        Assert.Equal(18, Analysis(probe, "q_proj").Rows);
    }

    [Fact]
    public void Padding_does_not_enter_the_analyses()
    {
        using var padded = new EvaProbe(rank: 1);
        using var plain = new EvaProbe(rank: 1);
        var tokens = Arrays.Tokens(1, 2, 6, 16);
        var noise = tokens.clone();
        noise.narrow(1, 0, 2).mul_(1000);
        var mask = ones(2, 6, @bool);
        mask.narrow(1, 0, 2).fill_(false);

        using (var watching = Watch(padded))
        {
            padded.Expect(mask);
            model.Forward([new ForwardSegment(new Embeddings(noise, mask), watching)]);
        }

        using (var watching = Watch(plain))
        {
            model.Forward([new ForwardSegment(new Embeddings(tokens.narrow(1, 2, 4)), watching)]);
        }

        Assert.Equal(8, Analysis(padded, "down_proj").Rows);

        // adapters.md 3: padding changes no valid position by more than 1e-5.
        var difference = Analysis(padded, "down_proj").Components!.sub(Analysis(plain, "down_proj").Components!).abs().max().item<double>();
        Assert.InRange(difference, 0, 1e-4);
    }

    [Fact]
    public void Found_start_has_orthonormal_rows_and_keeps_budget_and_scale()
    {
        using var probe = new EvaProbe(rank: 2);
        using (var watching = Watch(probe))
        {
            for (var batch = 0; batch < 4; batch++)
            {
                model.Forward([new ForwardSegment(new Embeddings(Arrays.Tokens((ulong)batch, 4, 6, 16)), watching)]);
            }
        }

        using var start = probe.Result();
        var placements = start.Place(AdapterSamples.Sites(model.Weights), AdapterSamples.Settings).ToArray();
        using var adapter = new Adapter(new EvaMethod(start), placements, seed: 1);

        Assert.Equal(2 * AdapterSamples.Sites(model.Weights).Count, placements.Sum(placement => placement.Settings.Rank));
        Assert.All(placements, placement => Assert.Equal(AdapterSamples.Settings.Scale, placement.Settings.Scale, 1e-12));
        foreach (var (name, a) in adapter.Parameters.Where(pair => pair.Key.Contains("lora_A", StringComparison.Ordinal)))
        {
            Assert.True(Arrays.MaxDifference(eye(a.shape[0]), a.mm(a.t())) < 1e-5, name);
        }

        using var whitened = probe.Result(whiten: true);
        var (path, plain) = start.Starts.First();
        var ratio = plain.norm().div(whitened.Starts[path].norm()).item<double>();
        Assert.NotEqual(1, ratio, 1e-3);
    }

    [Fact]
    public void Probe_converges_on_inputs_of_one_distribution()
    {
        using var analysisProbe = new EvaProbe(rank: 1, rho: 1);
        using var watching = Watch(analysisProbe);
        Assert.False(analysisProbe.Converged);

        for (var batch = 0; batch < 40 && !analysisProbe.Converged; batch++)
        {
            model.Forward([new ForwardSegment(new Embeddings(Arrays.Tokens((ulong)batch, 8, 16, 16).add(2)), watching)]);
        }

        Assert.True(analysisProbe.Converged);
    }

    private Adapter Watch(EvaProbe probe) => new(probe, AdapterSamples.Placements(model.Weights), seed: 1);

    private static IncrementalPca Analysis(EvaProbe probe, string target) => probe.Analyses[LinearTargets.Path(0, target)];
}
