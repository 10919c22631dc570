using Telecom.Modeling.Adapters;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class ShiraTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Values_are_added_at_their_places()
    {
        var vector = MethodVectors.Of("shira");
        var site = AdapterSamples.Site(3, 4) with { Weight = vector.GetProperty("W").Matrix() };
        var (rows, columns) = (vector.GetProperty("indices")[0].Vector(), vector.GetProperty("indices")[1].Vector());
        using var linear = new ShiraLinear(site, AdapterSamples.Settings, [.. rows.Zip(columns, (row, column) => (long)((row * 4) + column))]);
        linear.Parameters["shira_weight"].copy_(vector.GetProperty("values").Row());
        linear.Scale = vector.GetProperty("scale").GetDouble();
        var merged = vector.GetProperty("W_merged").Matrix();

        Assert.Equal(Arrays.Of(merged), Arrays.Of(site.Weight!.add(linear.DeltaWeight())));
        Assert.Equal(Arrays.Of(merged.sub(site.Weight!).t()), Arrays.Of(linear.Delta(eye(4), null, training: false)!));

        linear.Scale = 2;
        Assert.Equal(Arrays.Of(merged.sub(site.Weight!).mul(2)), Arrays.Of(linear.DeltaWeight()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public void Rows_of_any_number_get_the_products_of_the_merged_weight(int rows)
    {
        using var adapter = Attach(AdapterSamples.Site(10, 12), ShiraMask.Random, seed: 1);
        AdapterSamples.Perturb(adapter);
        var linear = adapter.Linear(0, "up_proj")!;
        var x = tensor(Arrays.Normal(3, rows * 12L), [rows, 12]);

        // Float32 sums of at most twelve products of order one.
        Assert.InRange(
            Arrays.MaxDifference(nn.functional.linear(x, linear.DeltaWeight()), linear.Delta(x, null, training: false)!), 0, 1e-5);
    }

    [Theory]
    [InlineData(ShiraMask.Random)]
    [InlineData(ShiraMask.Struct)]
    [InlineData(ShiraMask.Magnitude)]
    [InlineData(ShiraMask.Gradient)]
    [InlineData(ShiraMask.Snip)]
    public void Masks_have_as_many_places_as_lora_has_values_sorted_row_by_row(ShiraMask mask)
    {
        var site = AdapterSamples.Site(10, 12);
        using var first = Attach(site, mask, seed: 1);
        using var same = Attach(site, mask, seed: 1);
        using var other = Attach(site, mask, seed: 2);

        var places = Places(first);

        Assert.Equal(2 * (10 + 12), places.Length);
        Assert.Equal(places.Distinct().Order(), places);
        Assert.All(places, place => Assert.InRange(place, 0, 119));
        Assert.Equal(places, Places(same));
        Assert.Equal(mask is ShiraMask.Random or ShiraMask.Struct, !places.SequenceEqual(Places(other)));
        Assert.Equal(int32, ((ShiraLinear)first.Linear(0, "up_proj")!).Constants["shira_indices"].dtype);
    }

    [Fact]
    public void Structured_mask_has_the_diagonal_and_whole_rows_and_columns()
    {
        using var adapter = Attach(AdapterSamples.Site(10, 12), ShiraMask.Struct, seed: 1);

        var places = Places(adapter).ToHashSet();

        Assert.All(Enumerable.Range(0, 10), i => Assert.Contains((i * 12L) + i, places));

        // 44 places: the diagonal, then a row (11 more), a column (8 more), a row (10 or 11 more) and part of a column.
        Assert.Equal(2, Enumerable.Range(0, 10).Count(row => Enumerable.Range(0, 12).All(column => places.Contains((row * 12L) + column))));
        Assert.InRange(Enumerable.Range(0, 12).Count(column => Enumerable.Range(0, 10).All(row => places.Contains((row * 12L) + column))), 1, 2);
    }

    [Fact]
    public void Scored_masks_take_the_largest_scores()
    {
        var site = AdapterSamples.Site(10, 12);
        var gradient = tensor(Arrays.Normal(8, 120), [10, 12]);

        AssertLargest(site.Weight!.abs(), Attach(site, ShiraMask.Magnitude, 1));
        AssertLargest(gradient.abs(), Attach(site, ShiraMask.Gradient, 1));
        AssertLargest(gradient.mul(site.Weight!).abs(), Attach(site, ShiraMask.Snip, 1));
    }

    [Fact]
    public void More_values_than_weights_and_missing_gradients_are_refused()
    {
        var site = AdapterSamples.Site(4, 4);
        Adapter Rank(int rank, ShiraMask mask) =>
            new(new ShiraMethod(mask), [new AdapterPlacement(site, new LinearSettings { Rank = rank, Alpha = 1 })], seed: 1);

        Rank(2, ShiraMask.Random).Dispose();
        var tooMany = Assert.Throws<TelecomException>(() => Rank(3, ShiraMask.Random));
        var noGradient = Assert.Throws<TelecomException>(() => Rank(2, ShiraMask.Snip));

        Assert.Contains("24 values do not fit into its weight of 4 by 4", tooMany.Message, StringComparison.Ordinal);
        Assert.Contains("needs the gradient", noGradient.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Switching_in_place_gives_the_merged_weight_and_restores_every_bit()
    {
        var site = AdapterSamples.Site(10, 12);
        var before = Arrays.BytesOf(site.Weight!);
        using var first = Attach(site, ShiraMask.Random, seed: 1);
        using var second = Attach(site, ShiraMask.Struct, seed: 2);
        AdapterSamples.Perturb(first);
        AdapterSamples.Perturb(second);
        using var switched = new SparseSwitch(site.Weight!);

        foreach (var adapter in new[] { first, second, first })
        {
            var linear = adapter.Linear(0, "up_proj")!;
            switched.On(linear);
            Assert.Equal(Arrays.BytesOf(site.Weight!.add(linear.DeltaWeight())), Arrays.BytesOf(switched.Current));
        }

        switched.Off();
        switched.Off();
        Assert.Equal(before, Arrays.BytesOf(switched.Current));
        Assert.Equal(before, Arrays.BytesOf(site.Weight!));
    }

    [Fact]
    public void What_cannot_be_switched_is_refused_and_leaves_what_was_on()
    {
        var site = AdapterSamples.Site(10, 12);
        using var sparse = Attach(site, ShiraMask.Random, seed: 1);
        AdapterSamples.Perturb(sparse);
        using var dense = new Adapter(new LoraMethod(), [new AdapterPlacement(site, AdapterSamples.Settings)], seed: 1);
        using var broken = Attach(site, ShiraMask.Random, seed: 3);
        broken.Linear(0, "up_proj")!.Parameters["shira_weight"].fill_(double.NaN);
        using var switched = new SparseSwitch(site.Weight!);
        switched.On(sparse.Linear(0, "up_proj")!);
        var on = Arrays.BytesOf(switched.Current);

        Assert.Throws<TelecomException>(() => switched.On(dense.Linear(0, "up_proj")!));
        Assert.Throws<TelecomException>(() => switched.On(broken.Linear(0, "up_proj")!));

        Assert.Equal(on, Arrays.BytesOf(switched.Current));
    }

    private static Adapter Attach(LinearSite site, ShiraMask mask, ulong seed)
    {
        var gradients = new Dictionary<string, Tensor> { [site.Path] = tensor(Arrays.Normal(8, 120), [10, 12]) };
        return new Adapter(new ShiraMethod(mask, gradients), [new AdapterPlacement(site, AdapterSamples.Settings)], seed);
    }

    private static long[] Places(Adapter adapter) => ((ShiraLinear)adapter.Linear(0, "up_proj")!).Positions.data<long>().ToArray();

    private static void AssertLargest(Tensor scores, Adapter adapter)
    {
        var plain = Arrays.Of(scores.reshape(-1));
        var chosen = Places(adapter);
        var least = chosen.Min(place => plain[place]);
        Assert.True(Enumerable.Range(0, plain.Length).Where(place => !chosen.Contains(place)).All(place => plain[place] <= least));
        adapter.Dispose();
    }
}
