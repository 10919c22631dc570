using Telecom.Modeling.Adapters;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>LoLDU and LoCA.</summary>
public sealed class DecompositionMethodTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Loldu_decomposes_as_the_data_do()
    {
        var vector = MethodVectors.Of("loldu");
        var site = Site(vector.GetProperty("W").Matrix());
        var settings = new LinearSettings { Rank = vector.GetProperty("r").GetInt32(), Alpha = 2 * vector.GetProperty("scaling").GetDouble() };
        using var adapter = new Adapter(new LolduMethod(), [new AdapterPlacement(site, settings)], seed: 1);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;
        var (z, scale) = (linear.Parameters["loldu_z"], linear.Parameters["loldu_scale"]);
        var permutation = linear.Constants["loldu_permutation"];

        Assert.Equal(int32, permutation.dtype);
        Assert.Equal(vector.GetProperty("P").EnumerateArray().Select(row => Array.IndexOf(row.Vector(), 1.0)), permutation.data<int>().ToArray());
        AssertClose(vector.GetProperty("D").Row().narrow(0, 0, 2), z);
        AssertClose(vector.GetProperty("L").Matrix().narrow(1, 0, 2).index_select(0, permutation.to(int64)), linear.Buffers["loldu_L"]);
        AssertClose(vector.GetProperty("U").Matrix().narrow(0, 0, 2), linear.Buffers["loldu_U"]);
        Assert.Equal(0.5f, scale.item<float>());
        Assert.All(Arrays.Of(linear.DeltaWeight()), value => Assert.Equal(0, value));

        z.mul_(2);
        AssertClose(vector.GetProperty("merged_when_z_doubled").Matrix(), site.Weight!.add(linear.DeltaWeight()));
        scale.zero_();
        AssertClose(vector.GetProperty("W_residual").Matrix(), site.Weight!.add(linear.DeltaWeight()));
    }

    [Fact]
    public void Loldu_refuses_singular_weights_and_permutations_of_another_weight()
    {
        var weight = tensor(Arrays.Normal(3, 12), [3, 4]);
        var singular = weight.clone();
        singular[2].copy_(singular[0].add(singular[1]));
        singular = cat([weight.narrow(0, 0, 2), zeros(1, 4)], 0);
        using var adapter = Loldu(Site(weight));

        var refusal = Assert.Throws<TelecomException>(() => Loldu(Site(singular)));
        adapter.Linear(0, "up_proj")!.Constants["loldu_permutation"].copy_(tensor([0, 0, 0]));
        var mismatch = Assert.Throws<TelecomException>(adapter.Accept);

        Assert.Contains("its weight is singular, a pivot is 0", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.BaseIncompatible, mismatch.Code);
    }

    [Fact]
    public void Cosine_basis_is_orthonormal()
    {
        var basis = CosineBasis.Of(7);

        Assert.InRange(basis.mm(basis.t()).sub(eye(7, dtype: float64)).abs().max().item<double>(), 0, 1e-14);
        Assert.Equal(Math.Sqrt(1.0 / 7), basis[0, 3].item<double>(), 1e-15);
        Assert.Equal(Math.Sqrt(2.0 / 7) * Math.Cos(Math.PI * 2 * 7 / 14), basis[2, 3].item<double>(), 1e-15);
    }

    [Fact]
    public void Loca_gives_the_weight_of_the_data()
    {
        var vector = MethodVectors.Of("loca");
        var locations = vector.GetProperty("locations").Matrix().t().to(int32);
        var site = AdapterSamples.Site(vector.GetProperty("p").GetInt32(), vector.GetProperty("q").GetInt32());
        var settings = new LinearSettings { Rank = 1, Alpha = vector.GetProperty("alpha").GetDouble() };
        using var adapter = new Adapter(new LocaMethod(coefficients: 5), [new AdapterPlacement(site, settings)], seed: 1);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;
        linear.Constants["loca_locations"].copy_(locations);
        linear.Parameters["loca_coefficients"].copy_(vector.GetProperty("coefficients").Row());
        adapter.Accept();

        AssertClose(vector.GetProperty("delta_W").Matrix(), linear.DeltaWeight());
    }

    [Fact]
    public void Loca_refuses_places_outside_of_the_spectrum()
    {
        using var adapter = Loca(AdapterSamples.Site(4, 6));
        adapter.Linear(0, "up_proj")!.Constants["loca_locations"][0, 0] = 4;

        Assert.Contains("points outside", Assert.Throws<TelecomException>(adapter.Accept).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loca_place_gradients_are_central_differences_in_the_spectrum()
    {
        // A coefficient moved by one place: the loss changes by a (g at the new place - g at the old one), so halves of both sides add up.
        var site = AdapterSamples.Site(4, 6, ScalarType.Float64);
        using var adapter = Loca(site);
        var linear = (LocaLinear)adapter.Linear(0, "up_proj")!;
        linear.Constants["loca_locations"].copy_(tensor([1, 2, 0, 3, 1, 5], [2, 3]));
        using (no_grad())
        {
            linear.Parameters["loca_coefficients"].copy_(tensor(new[] { 2.0, -1, 0.5 }));
        }

        var gradient = tensor(Arrays.Normal(6, 24), [4, 6]).to(float64);
        var g = CosineBasis.Of(4).mm(gradient).mm(CosineBasis.Of(6).t()).mul(AdapterSamples.Settings.Alpha);

        var slopes = linear.PlaceGradients(gradient);

        double G(int row, int column) => g[row, column].item<double>();
        double[] expected =
        [
            G(2, 3) - G(0, 3), -0.5 * (G(3, 1) - G(1, 1)), 0.25 * (G(1, 5) - G(0, 5)),
            G(1, 4) - G(1, 2), -0.5 * (G(2, 2) - G(2, 0)), 0.25 * (G(0, 5) - G(0, 4)),
        ];
        Assert.All(expected.Zip(slopes.data<double>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Loca_moves_places_towards_a_smaller_loss_in_its_turn_and_then_no_more()
    {
        var site = AdapterSamples.Site(8, 8);
        using var adapter = Loca(site);
        var linear = adapter.Linear(0, "up_proj")!;
        var locations = linear.Constants["loca_locations"];
        using (no_grad())
        {
            locations.copy_(tensor([3, 6, 1, 2, 5, 7], [2, 3]));
            linear.Parameters["loca_coefficients"].copy_(tensor(new float[] { 1, 0, 0 }));
        }

        adapter.Training = true;
        var before = locations.data<int>().ToArray();

        // Wanted is the same coefficient one row further down: a smooth hill around it leads there.
        var turns = new List<long>();
        for (var index = 0L; index < 30; index++)
        {
            var step = new AdapterStep(index, 60);
            adapter.BeforeStep(step);
            linear.Parameters["loca_coefficients"].grad = null;
            linear.Delta(eye(8), null, training: true)!.mul(Hill(4, 2)).sum().neg().backward();
            var moves = linear.Parameters["loca_coefficients"].grad is null;
            turns.AddRange(moves ? [index] : []);
            adapter.AfterStep(step);
        }

        // Steps 10 to 14 of every 15, within the first 30 % of 60.
        Assert.Equal([10, 11, 12, 13, 14], turns);
        Assert.Equal(4, locations[0, 0].item<int>());
        Assert.Equal(before[1..3], locations[0].data<int>().ToArray()[1..]);
    }

    // The transpose of a weight whose spectrum is a hill around one place, as Delta(I) gives it.
    private static Tensor Hill(int row, int column)
    {
        var rows = arange(8, float64).sub(row).square().mul(-0.1).exp();
        var columns = arange(8, float64).sub(column).square().mul(-0.1).exp();
        return CosineBasis.Of(8).t().mm(outer(rows, columns)).mm(CosineBasis.Of(8)).t().to(float32);
    }

    private static Adapter Loldu(LinearSite site) =>
        new(new LolduMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = 2, Alpha = 1 })], seed: 1);

    private static Adapter Loca(LinearSite site) =>
        new(new LocaMethod(coefficients: 3), [new AdapterPlacement(site, AdapterSamples.Settings)], seed: 1);

    private static LinearSite Site(Tensor weight) =>
        AdapterSamples.Site((int)weight.shape[0], (int)weight.shape[1]) with { Weight = weight };

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference(expected, actual), 0, MethodVectors.Tolerance);
}
