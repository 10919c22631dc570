using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class AdapterMergerTests : IDisposable
{
    private static readonly double[] Weights = [0.7, -0.3];

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    // DoRA scales the base as well, which no pair of factors can say.
    public static TheoryData<string> Mergeable => [.. MethodContractTests.Factored.Select(row => row.Data).Where(name => name != "dora")];

    public static TheoryData<AdapterMerge> AllMerges => [.. Enum.GetValues<AdapterMerge>()];

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Cat_is_the_exact_weighted_sum_at_the_sum_of_the_ranks()
    {
        var vector = MethodVectors.Of("merge");
        using var merged = Merge(AdapterMerge.Cat, Golden(vector), Weights);

        AssertClose(vector.GetProperty("cat_delta_W").Matrix(), merged.Linear(0, "up_proj")!.DeltaWeight());
        Assert.Equal((4, 1.0), (merged.Placements[0].Settings.Rank, merged.Placements[0].Settings.Scale));
    }

    [Fact]
    public void Linear_sums_the_factors()
    {
        var vector = MethodVectors.Of("merge");
        using var merged = Merge(AdapterMerge.Linear, Golden(vector), Weights);
        var linear = merged.Linear(0, "up_proj")!;

        AssertClose(vector.GetProperty("linear_A").Matrix(), linear.Parameters["lora_A.weight"]);
        AssertClose(vector.GetProperty("linear_B").Matrix(), linear.Parameters["lora_B.weight"]);
        AssertClose(vector.GetProperty("linear_delta_W").Matrix(), linear.DeltaWeight());
        Assert.Equal(1, merged.Placements[0].Settings.Scale);
    }

    [Fact]
    public void Ties_trims_elects_and_averages()
    {
        var vector = MethodVectors.Of("merge").GetProperty("ties");
        var density = vector.GetProperty("density").GetDouble();
        var tensors = vector.GetProperty("tensors").EnumerateArray().Select(element => TensorMerge.Trim(element.Matrix(), density)).ToArray();

        AssertClose(vector.GetProperty("result").Matrix(), TensorMerge.AverageOfMajority(tensors, vector.GetProperty("weights").Vector()));
    }

    [Fact]
    public void Svd_of_full_rank_is_exact_and_of_lower_rank_the_best_approximation()
    {
        var vector = MethodVectors.Of("merge");
        var exact = vector.GetProperty("cat_delta_W").Matrix();
        using var full = new AdapterMerger(AdapterMerge.Svd, rank: 3).Merge(Golden(vector), Weights);
        using var one = new AdapterMerger(AdapterMerge.Svd, rank: 1).Merge(Golden(vector), Weights);

        AssertClose(exact, full.Linear(0, "up_proj")!.DeltaWeight());

        // Eckart and Young: the error's norm is the second singular value.
        var second = linalg.svdvals(exact)[1].item<float>();
        Assert.Equal(second, linalg.matrix_norm(exact.sub(one.Linear(0, "up_proj")!.DeltaWeight()), 2).item<float>(), 1e-5);
        var b = one.Linear(0, "up_proj")!.Parameters["lora_B.weight"];
        Assert.Equal(linalg.svdvals(exact)[0].item<float>(), b.norm().item<float>(), 1e-5);
    }

    [Fact]
    public void Thinning_keeps_the_share_and_the_expectation_and_follows_the_seed_only()
    {
        var tensor = ones(200, 100);
        Tensor Thinned(ulong seed)
        {
            var random = new SplitMix64(seed);
            return TensorMerge.Thin(tensor, 0.25, ref random);
        }

        var values = Arrays.Of(Thinned(1));

        // 20 000 draws at 0.25: standard deviation 61.
        Assert.InRange(values.Count(value => value != 0), 5000 - 300, 5000 + 300);
        Assert.All(values, value => Assert.True(value is 0 or 4));
        Assert.Equal(values, Arrays.Of(Thinned(1)));
        Assert.NotEqual(values, Arrays.Of(Thinned(2)));
    }

    [Theory]
    [InlineData(AdapterMerge.DareLinear, AdapterMerge.Linear)]
    [InlineData(AdapterMerge.DareLinearSvd, AdapterMerge.Svd)]
    [InlineData(AdapterMerge.DareTies, AdapterMerge.Ties)]
    [InlineData(AdapterMerge.DareTiesSvd, AdapterMerge.TiesSvd)]
    public void Thinning_at_density_one_changes_nothing(AdapterMerge thinned, AdapterMerge plain)
    {
        var vector = MethodVectors.Of("merge");
        using var first = Merge(thinned, Golden(vector), Weights);
        using var second = Merge(plain, Golden(vector), Weights);

        AssertClose(second.Linear(0, "up_proj")!.DeltaWeight(), first.Linear(0, "up_proj")!.DeltaWeight());
    }

    [Theory]
    [MemberData(nameof(AllMerges))]
    public void Merging_is_repeatable_and_leaves_the_inputs_alone(AdapterMerge merge)
    {
        var adapters = Golden(MethodVectors.Of("merge"));
        var before = adapters.SelectMany(adapter => adapter.Parameters.Values).SelectMany(Arrays.BytesOf).ToArray();
        var merger = new AdapterMerger(merge, density: 0.5, seed: 3);
        using var first = merger.Merge(adapters, Weights);
        using var second = merger.Merge(adapters, Weights);

        Assert.Equal(first.Parameters.Values.SelectMany(Arrays.BytesOf), second.Parameters.Values.SelectMany(Arrays.BytesOf));
        Assert.Equal(before, adapters.SelectMany(adapter => adapter.Parameters.Values).SelectMany(Arrays.BytesOf));
        Assert.Equal(AdapterKind.LowRank, first.Kind);
    }

    [Fact]
    public void Adapters_of_other_methods_are_merged_in_the_form_in_which_they_are_served()
    {
        using var model = SmallBase.Model(SmallBase.Plain);
        using var pissa = AdapterSamples.Trained("pissa", model.Weights);
        using var lora = AdapterSamples.Trained("lora", model.Weights);

        using var merged = Merge(AdapterMerge.Cat, [pissa, lora], Weights);

        var expected = pissa.Linear(1, "o_proj")!.DeltaWeight().mul(0.7).sub(lora.Linear(1, "o_proj")!.DeltaWeight().mul(0.3));
        Assert.InRange(Arrays.MaxDifference(expected, merged.Linear(1, "o_proj")!.DeltaWeight()), 0, 1e-5);
        Assert.Equal(6, merged.Placements[0].Settings.Rank);
    }

    [Theory]
    [MemberData(nameof(Mergeable))]
    public void Every_method_with_factors_merges_as_what_it_adds(string name)
    {
        using var model = SmallBase.Model(SmallBase.Plain);
        using var other = AdapterSamples.Trained(name, model.Weights);
        using var lora = AdapterSamples.Trained("lora", model.Weights);

        using var merged = Merge(AdapterMerge.Cat, [other, lora], Weights);

        var expected = other.Linear(1, "down_proj")!.DeltaWeight().mul(0.7).sub(lora.Linear(1, "down_proj")!.DeltaWeight().mul(0.3));
        Assert.InRange(Arrays.MaxDifference(expected, merged.Linear(1, "down_proj")!.DeltaWeight()), 0, 1e-5);
    }

    [Fact]
    public void What_cannot_be_merged_is_refused_with_the_reason()
    {
        using var model = SmallBase.Model(SmallBase.Plain);
        using var dora = AdapterSamples.Create("dora", model.Weights);
        using var two = AdapterSamples.Create("lora", model.Weights);
        using var three = new Adapter(new LoraMethod(), AdapterSamples.Placements(model.Weights, AdapterSamples.Settings with { Rank = 3 }), 1);

        Assert.Contains("'dora' has no pair of factors", Refusal(AdapterMerge.Cat, [two, dora], Weights), StringComparison.Ordinal);
        Assert.Contains("the ranks at model.layers.0", Refusal(AdapterMerge.Linear, [two, three], Weights), StringComparison.Ordinal);
        Assert.Contains("one finite weight per adapter", Refusal(AdapterMerge.Cat, [two], Weights), StringComparison.Ordinal);
        Assert.Contains("one finite weight per adapter", Refusal(AdapterMerge.Cat, [two], [double.NaN]), StringComparison.Ordinal);
        Assert.Contains("one finite weight per adapter", Refusal(AdapterMerge.Cat, [], []), StringComparison.Ordinal);
        Assert.Contains("density must be", Refusal(AdapterMerge.Ties, [two], [1], density: 0), StringComparison.Ordinal);
    }

    private static string Refusal(AdapterMerge merge, Adapter[] adapters, double[] weights, double density = 1)
    {
        var exception = Assert.Throws<TelecomException>(() => new AdapterMerger(merge, density).Merge(adapters, weights));
        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        return exception.Message;
    }

    private static Adapter Merge(AdapterMerge merge, Adapter[] adapters, double[] weights) => new AdapterMerger(merge).Merge(adapters, weights);

    private static Adapter[] Golden(JsonElement vector) => [.. Enumerable.Range(0, 2).Select(index =>
    {
        var (a, b) = (vector.GetProperty("A")[index].Matrix(), vector.GetProperty("B")[index].Matrix());
        var rank = (int)a.shape[0];
        var settings = new LinearSettings { Rank = rank, Alpha = rank * vector.GetProperty("scaling")[index].GetDouble() };
        var adapter = new Adapter(new LoraMethod(), [new AdapterPlacement(AdapterSamples.Site(3, 3), settings)], seed: 1);
        adapter.Linear(0, "up_proj")!.Parameters["lora_A.weight"].copy_(a);
        adapter.Linear(0, "up_proj")!.Parameters["lora_B.weight"].copy_(b);
        return adapter;
    })];

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference(expected, actual), 0, MethodVectors.Tolerance);
}
