using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>NOLA, and the stream that its bases come from.</summary>
public sealed class RandomBasisTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Stream_is_that_of_the_data()
    {
        var vector = MethodVectors.Of("basis_rng");
        var (raw, units) = (new SplitMix64(vector.GetProperty("seed").GetUInt64()), new SplitMix64(vector.GetProperty("seed").GetUInt64()));

        Assert.All(vector.GetProperty("raw_u64").EnumerateArray(), expected => Assert.Equal(expected.GetString(), $"{raw.Next()}"));

        // A unit is a multiple of 2^-53; the data have 17 digits.
        Assert.All(vector.GetProperty("uniform01").Vector(), expected => Assert.Equal(expected, units.NextUnit(), 1e-16));
    }

    [Fact]
    public void Combinations_of_bases_are_those_of_the_data()
    {
        var vector = MethodVectors.Of("nola");
        var (count, rank) = (vector.GetProperty("num_basis").GetInt32(), vector.GetProperty("r").GetInt32());
        var (inputs, outputs) = (vector.GetProperty("in_features").GetInt32(), vector.GetProperty("out_features").GetInt32());
        var a = new RandomBases(vector.GetProperty("seed_A").GetUInt64(), count, rank, inputs).Combine(vector.GetProperty("coef_A").Row(float64));
        var b = new RandomBases(vector.GetProperty("seed_B").GetUInt64(), count, outputs, rank).Combine(vector.GetProperty("coef_B").Row(float64));

        // Given with nine digits.
        AssertClose(vector.GetProperty("A").Matrix(float64), a);
        AssertClose(vector.GetProperty("B").Matrix(float64), b);
        AssertClose(vector.GetProperty("delta_W").Matrix(float64), b.mm(a).mul(vector.GetProperty("alpha").GetDouble() / rank));
    }

    [Fact]
    public void Layer_with_the_seeds_of_the_data_gives_their_weight()
    {
        var vector = MethodVectors.Of("nola");
        var site = AdapterSamples.Site(3, 4);
        var settings = new LinearSettings { Rank = 2, Alpha = 2 };
        using var adapter = new Adapter(new NolaMethod(bases: 3), [new AdapterPlacement(site, settings)], seed: 1);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;
        linear.Constants["nola_seeds"].copy_(tensor([5L, 7L, 8L]));
        linear.Parameters["nola_alpha"].copy_(vector.GetProperty("coef_A").Row());
        linear.Parameters["nola_beta"].copy_(vector.GetProperty("coef_B").Row());
        adapter.Accept();

        // The data leave the frozen start A0 out.
        var random = new SplitMix64(5);
        var start = LoraMethod.Uniform(ref random, 2, 4);
        var expected = vector.GetProperty("B").Matrix().mm(vector.GetProperty("A").Matrix().add(start));

        Assert.InRange(Arrays.MaxDifference(expected, linear.DeltaWeight()), 0, MethodVectors.Tolerance);
    }

    [Fact]
    public void Coefficients_and_seeds_are_all_that_a_file_holds()
    {
        using var adapter = new Adapter(new NolaMethod(), [new AdapterPlacement(AdapterSamples.Site(64, 48), AdapterSamples.Settings)], seed: 1);

        // 2 K coefficients and three seeds of eight bytes, whatever the layer's size.
        Assert.Equal((2 * 256 * 4) + 24, adapter.Saved.Values.Sum(tensor => tensor.numel() * tensor.ElementSize));
        Assert.Equal(512, adapter.ParameterCount);
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.InRange(expected.sub(actual).abs().max().item<double>(), 0, 1e-8);
}
