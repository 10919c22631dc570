using Telecom.Modeling.Adapters;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>MiSS, its form "mini", and Bone "bat".</summary>
public sealed class BlockMethodTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Miss_gives_the_golden_weight_and_output()
    {
        // adapters.md 6, G6: r = 2, W = [[0,1,2,3],[4,5,6,7]], M = [[1,2],[3,4]], x = (1,2,3,4).
        var site = Site(arange(8, float32).view(2, 4));
        using var adapter = One(new MissMethod(), site, rank: 2, tensor(new float[] { 1, 2, 3, 4 }, [2, 2]));
        var linear = adapter.Linear(0, "up_proj")!;
        var x = tensor(new float[] { 1, 2, 3, 4 }, [1, 4]);

        Assert.Equal([1, 4, 3, 6, 6, 9, 8, 11], Arrays.Of(site.Weight!.add(linear.DeltaWeight())));
        Assert.Equal([42, 92], Arrays.Of(nn.functional.linear(x, site.Weight!).add(linear.Delta(x, null, training: false)!)));
    }

    [Fact]
    public void Miss_gives_the_vectors_of_the_data()
    {
        var vector = MethodVectors.Of("miss");
        var site = Site(vector.GetProperty("W").Matrix());
        using var adapter = One(new MissMethod(), site, vector.GetProperty("r").GetInt32(), vector.GetProperty("block").Matrix());
        var linear = adapter.Linear(0, "up_proj")!;
        var x = vector.GetProperty("x").Row().unsqueeze(0);
        var y = nn.functional.linear(x, site.Weight!).add(linear.Delta(x, null, training: false)!);

        AssertClose(vector.GetProperty("W_merged").Matrix(), site.Weight!.add(linear.DeltaWeight()));
        AssertClose(vector.GetProperty("y").Row().unsqueeze(0), y);
    }

    [Fact]
    public void Inputs_that_are_no_multiple_of_the_rank_are_padded()
    {
        // i = 5, r = 3: input j meets row j mod 3 of M.
        var site = Site(zeros(2, 5));
        using var adapter = One(new MissMethod(), site, rank: 3, arange(6, float32).view(3, 2));
        var linear = adapter.Linear(0, "up_proj")!;

        Assert.Equal([0, 2, 4, 0, 2, 1, 3, 5, 1, 3], Arrays.Of(linear.DeltaWeight()));
        Assert.Equal(Arrays.Of(linear.DeltaWeight().t()), Arrays.Of(linear.Delta(eye(5), null, training: false)!));
    }

    [Fact]
    public void Mini_repeats_its_columns_along_the_outputs()
    {
        // o = 4, m = 2: output o meets column o mod 2 of M.
        var site = Site(zeros(4, 2));
        using var adapter = One(new MissMethod(width: 2), site, rank: 2, arange(4, float32).view(2, 2));

        Assert.Equal([0, 2, 1, 3, 0, 2, 1, 3], Arrays.Of(adapter.Linear(0, "up_proj")!.DeltaWeight()));
        Assert.Equal(4, adapter.ParameterCount);
    }

    [Fact]
    public void Bat_gives_the_vectors_of_the_data()
    {
        var vector = MethodVectors.Of("bone_bat");
        var site = Site(vector.GetProperty("W").Matrix());
        var block = vector.GetProperty("block");
        using var adapter = One(new BoneBatMethod(), site, vector.GetProperty("r").GetInt32(), block[0].Matrix().unsqueeze(0));

        Assert.Equal(1, block.GetArrayLength());
        AssertClose(vector.GetProperty("W_merged").Matrix(), site.Weight!.add(adapter.Linear(0, "up_proj")!.DeltaWeight()));
    }

    [Fact]
    public void Bat_takes_a_matrix_of_its_own_for_every_row_of_blocks()
    {
        // Blocks of one weight each: W_ab (1 + M_a) + M_a.
        var site = Site(tensor(new float[] { 1, 2, 3, 4 }, [2, 2]));
        using var adapter = One(new BoneBatMethod(), site, rank: 1, tensor(new float[] { 10, 100 }, [2, 1, 1]));

        Assert.Equal([20, 30, 400, 500], Arrays.Of(adapter.Linear(0, "up_proj")!.DeltaWeight()));
    }

    [Fact]
    public void Shapes_that_do_not_divide_are_refused()
    {
        var bat = Assert.Throws<TelecomException>(() => One(new BoneBatMethod(), Site(zeros(4, 6)), rank: 4, null));
        var mini = Assert.Throws<TelecomException>(() => One(new MissMethod(width: 3), Site(zeros(4, 6)), rank: 2, null));

        Assert.Equal((ErrorCode.BundleInvalid, ErrorCode.BundleInvalid), (bat.Code, mini.Code));
        Assert.Contains("rank 4 does not divide its 4 outputs and 6 inputs", bat.Message, StringComparison.Ordinal);
        Assert.Contains("its 4 outputs are not a multiple of the width 3", mini.Message, StringComparison.Ordinal);
    }

    private static LinearSite Site(Tensor weight) =>
        AdapterSamples.Site((int)weight.shape[0], (int)weight.shape[1]) with { Weight = weight };

    private static Adapter One(IAdapterMethod method, LinearSite site, int rank, Tensor? block)
    {
        var adapter = new Adapter(method, [new AdapterPlacement(site, new LinearSettings { Rank = rank, Alpha = 1 })], seed: 1);
        if (block is not null)
        {
            adapter.Linear(0, "up_proj")!.Parameters["miss_block"].copy_(block);
            adapter.Refresh();
        }

        return adapter;
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference(expected, actual), 0, MethodVectors.Tolerance);
}
