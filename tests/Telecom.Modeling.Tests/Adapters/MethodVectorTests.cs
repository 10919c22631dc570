using Telecom.Modeling.Adapters;
using Telecom.Modeling.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class MethodVectorTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Dora_gives_the_golden_weight_and_output()
    {
        // adapters.md 6, G5: W = [[3,4],[0,2]], A = [1,0], B = [1,1], s = 2, m = (10,1), x = (1,-1).
        var site = Site(tensor(new float[] { 3, 4, 0, 2 }, [2, 2]));
        using var adapter = new Adapter(new DoraMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = 1, Alpha = 2 })], seed: 1);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;
        linear.Parameters["lora_A.weight"].copy_(tensor(new float[] { 1, 0 }, [1, 2]));
        linear.Parameters["lora_B.weight"].copy_(tensor(new float[] { 1, 1 }, [2, 1]));
        linear.Parameters["lora_magnitude_vector"].copy_(tensor(new float[] { 10, 1 }));
        adapter.Refresh();
        var x = tensor(new float[] { 1, -1 }, [1, 2]);
        var y = nn.functional.linear(x, site.Weight!);

        var merged = site.Weight!.add(linear.DeltaWeight());

        AssertClose(tensor(new[] { 7.808688f, 6.246950f, 0.7071068f, 0.7071068f }, [2, 2]), merged);
        AssertClose(tensor(new[] { 1.561738f, 0 }, [1, 2]), y.add(linear.Delta(x, y, training: false)!));
    }

    [Fact]
    public void Dora_leaves_the_bias_outside_the_scaling()
    {
        var weight = tensor(new float[] { 3, 4, 0, 2 }, [2, 2]);
        var bias = tensor(new float[] { 100, -50 });
        var site = Site(weight) with { Bias = bias };
        using var adapter = new Adapter(new DoraMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = 1, Alpha = 2 })], seed: 1);
        AdapterSamples.Perturb(adapter);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;
        var x = tensor(new float[] { 1, -1 }, [1, 2]);
        var y = nn.functional.linear(x, weight, bias);

        var adapted = y.add(linear.Delta(x, y, training: false)!);

        // Float32 rounding of numbers of order 100.
        Assert.InRange(Arrays.MaxDifference(nn.functional.linear(x, weight.add(linear.DeltaWeight()), bias), adapted), 0, 1e-4);
    }

    [Fact]
    public void Dora_uses_the_dropped_input_for_the_scaled_base_while_training()
    {
        // With dropout near one nearly every input is zero: what remains of the addition must vanish too, (g - 1) W x included.
        var site = Site(tensor(Arrays.Normal(1, 8), [2, 4]));
        var settings = new LinearSettings { Rank = 1, Alpha = 2, Dropout = 0.999999 };
        using var adapter = new Adapter(new DoraMethod(), [new AdapterPlacement(site, settings)], seed: 1);
        AdapterSamples.Perturb(adapter);
        random.manual_seed(1);
        var x = ones(1, 4);
        var y = nn.functional.linear(x, site.Weight!);

        Assert.Equal([0, 0], Arrays.Of(adapter.Linear(0, "up_proj")!.Delta(x, y, training: true)!));
        Assert.NotEqual([0, 0], Arrays.Of(adapter.Linear(0, "up_proj")!.Delta(x, y, training: false)!));
    }

    [Fact]
    public void Pissa_takes_the_principal_part_of_the_weight()
    {
        var vector = MethodVectors.Of("pissa");
        var site = Site(vector.GetProperty("W").Matrix());
        var settings = new LinearSettings { Rank = vector.GetProperty("r").GetInt32(), Alpha = vector.GetProperty("alpha").GetDouble() };
        using var adapter = new Adapter(new PissaMethod(), [new AdapterPlacement(site, settings)], seed: 1);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;

        var product = linear.Parameters["lora_B.weight"].mm(linear.Parameters["lora_A.weight"]);

        AssertClose(vector.GetProperty("BA").Matrix(), product);
        AssertClose(vector.GetProperty("W_residual").Matrix(), site.Weight!.sub(product.mul(settings.Scale)));
    }

    [Fact]
    public void Olora_starts_from_an_orthonormal_B_whose_product_with_A_is_the_part_of_W_in_its_span()
    {
        var site = Site(tensor(Arrays.Normal(4, 35), [7, 5]));
        using var adapter = new Adapter(new OloraMethod(), [new AdapterPlacement(site, new LinearSettings { Rank = 3, Alpha = 3 })], seed: 1);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;
        var (a, b) = (linear.Parameters["lora_A.weight"], linear.Parameters["lora_B.weight"]);

        // Float32 decompositions of order-one matrices.
        Assert.InRange(Arrays.MaxDifference(eye(3), b.t().mm(b)), 0, 1e-5);
        Assert.InRange(Arrays.MaxDifference(b.t().mm(site.Weight!), a), 0, 1e-5);
        Assert.InRange(a.tril(-1).abs().max().item<float>(), 0, 1e-6);
    }

    [Fact]
    public void Lora_sb_starts_from_the_truncated_first_step()
    {
        var vector = MethodVectors.Of("lora_sb");
        var gradient = vector.GetProperty("sum_grad_out_in").Matrix();
        var site = Site(zeros(5, 4));
        var method = new LoraSbMethod(new Dictionary<string, Tensor> { [site.Path] = gradient }, vector.GetProperty("lr_eff").GetDouble());
        using var adapter = new Adapter(method, [new AdapterPlacement(site, new LinearSettings { Rank = 2, Alpha = 7 })], seed: 1);
        using var noGradient = no_grad();
        var linear = adapter.Linear(0, "up_proj")!;
        var (a, b) = (linear.Buffers["sb_A"], linear.Buffers["sb_B"]);

        AssertClose(vector.GetProperty("BRA").Matrix(), linear.DeltaWeight());
        AssertClose(tensor(vector.GetProperty("R_diag").Vector()).to(float32), linear.Parameters["sb_R"].diag());
        Assert.InRange(Arrays.MaxDifference(eye(2), a.mm(a.t())), 0, 1e-5);
        Assert.InRange(Arrays.MaxDifference(eye(2), b.t().mm(b)), 0, 1e-5);

        // Eckart and Young: what is missing of the step has the third singular value as its norm.
        var missing = vector.GetProperty("avg_update").Matrix().sub(linear.DeltaWeight());
        Assert.Equal(vector.GetProperty("gap").Vector()[2], linalg.matrix_norm(missing, 2).item<float>(), 1e-6);
    }

    private static LinearSite Site(Tensor weight) =>
        AdapterSamples.Site((int)weight.shape[0], (int)weight.shape[1]) with { Weight = weight };

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference(expected, actual), 0, MethodVectors.Tolerance);
}
