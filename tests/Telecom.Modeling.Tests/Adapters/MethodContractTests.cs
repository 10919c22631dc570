using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

/// <summary>What every adapter method must satisfy (adapters.md 4.1).</summary>
public sealed class MethodContractTests : IDisposable
{
    private readonly BaseModel model = SmallBase.Model(SmallBase.Grouped);
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Methods => [.. AdapterSamples.Names];

    /// <summary>All but mixtures, whose ΔW differs from token to token.</summary>
    public static TheoryData<string> Mergeable => [.. AdapterSamples.Names.Where(name => !IsRouted(name))];

    public static TheoryData<string> Factored =>
        [.. AdapterSamples.Names.Where(name => AdapterSamples.Measured.Contains(name)
            || AdapterMethods.Create(name).Kind is AdapterKind.LowRank or AdapterKind.ScaledLowRank or AdapterKind.Block)];

    public void Dispose()
    {
        scope.Dispose();
        model.Dispose();
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fresh_adapter_leaves_the_output_of_the_base_unchanged_unless_declared_otherwise(string name)
    {
        using var noGradient = no_grad();
        using var adapter = AdapterSamples.Create(name, model.Weights);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 5, 16));

        var plain = model.Forward([new ForwardSegment(tokens, null)])[0];
        var adapted = model.Forward([new ForwardSegment(tokens, adapter)])[0];

        // adapters.md 4.1: 1e-5, here after two layers of all seven targets.
        Assert.Equal(name is "lora-sb" or "eora", adapter.Method.StartsNonIdentity);
        Assert.Equal(adapter.Method.StartsNonIdentity, Arrays.MaxDifference(plain, adapted) > 1e-5);
    }

    [Theory]
    [MemberData(nameof(Mergeable))]
    public void Merged_weight_answers_as_the_adapter_and_unmerging_restores_every_bit(string name)
    {
        using var noGradient = no_grad();
        using var adapter = AdapterSamples.Trained(name, model.Weights);

        foreach (var placement in adapter.Placements)
        {
            var weight = placement.Site.Weight!;
            var before = Arrays.BytesOf(weight);
            var linear = adapter.Linear(placement.Site.Layer, placement.Site.Target)!;
            var x = tensor(Arrays.Normal(5, 3L * placement.Site.Inputs), [3, placement.Site.Inputs]);
            var plain = nn.functional.linear(x, weight);
            var adapted = plain.add(linear.Delta(x, plain, training: false)!);
            using var merged = new MergedWeight(weight);

            merged.Merge(linear);
            var answer = nn.functional.linear(x, merged.Current);
            var own = plain.add(linear.Delta(x, null, training: false)!);

            // adapters.md 4.1: 1e-4 relative to the largest output.
            var largest = adapted.abs().max().item<float>();
            Assert.InRange(Arrays.MaxDifference(adapted, answer) / largest, 0, 1e-4);
            Assert.InRange(Arrays.MaxDifference(adapted, own) / largest, 0, 1e-5);
            Assert.InRange(Arrays.MaxDifference(plain, adapted) / largest, 0.01, double.MaxValue);
            merged.Unmerge();
            Assert.Equal(before, Arrays.BytesOf(merged.Current));
        }

        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());
    }

    [Theory]
    [MemberData(nameof(Factored))]
    public void Served_factors_give_the_output_of_the_adapter(string name)
    {
        using var noGradient = no_grad();
        using var adapter = AdapterSamples.Trained(name, model.Weights);

        foreach (var placement in adapter.Placements)
        {
            var linear = adapter.Linear(placement.Site.Layer, placement.Site.Target)!;
            var factors = linear.LowRank()!;
            var x = tensor(Arrays.Normal(5, 3L * placement.Site.Inputs), [3, placement.Site.Inputs]);
            var plain = nn.functional.linear(x, placement.Site.Weight!);
            var sum = plain.add(nn.functional.linear(nn.functional.linear(x, factors.A), factors.B));
            var served = factors.Gain is { } gain ? sum.mul(gain) : sum;

            Assert.Equal(adapter.Kind == AdapterKind.ScaledLowRank, factors.Gain is not null);
            var adapted = plain.add(linear.Delta(x, plain, training: false)!);
            Assert.InRange(Arrays.MaxDifference(adapted, served) / adapted.abs().max().item<float>(), 0, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Gradients_agree_with_finite_differences_in_float64(string name)
    {
        var site = AdapterSamples.Site(outputs: 6, inputs: name == "bone-bat" ? 4 : 5, ScalarType.Float64);
        using var adapter = new Adapter(AdapterSamples.Method(name, [site]), [new AdapterPlacement(site, AdapterSamples.Settings)], seed: 3);
        AdapterSamples.Perturb(adapter);
        var linear = adapter.Linear(0, "up_proj")!;
        var x = tensor(Arrays.Normal(21, 4L * site.Inputs), [4, site.Inputs]).to(float64);
        var cotangent = tensor(Arrays.Normal(22, 4 * 6), [4, 6]).to(float64);
        var plain = nn.functional.linear(x, site.Weight!);

        // DoRA's norm counts as constant: its difference quotient keeps the norm of the unperturbed weights.
        var frozen = adapter.Kind == AdapterKind.ScaledLowRank ? FrozenNorm(linear, site) : null;
        Tensor Loss()
        {
            adapter.Refresh();
            return (frozen is null ? linear.Delta(x, plain, training: false)! : frozen(x, plain)).mul(cotangent).sum();
        }

        linear.Delta(x, plain, training: false)!.mul(cotangent).sum().backward();

        foreach (var (parameterName, parameter) in linear.Parameters)
        {
            var direction = tensor(Arrays.Normal(23, parameter.numel()), parameter.shape).to(float64);
            var slope = parameter.grad!.mul(direction).sum().item<double>();
            const double Step = 1e-5;
            using var noGradient = no_grad();
            parameter.add_(direction, alpha: Step);
            var above = Loss().item<double>();
            parameter.add_(direction, alpha: -2 * Step);
            var below = Loss().item<double>();
            parameter.add_(direction, alpha: Step);
            var difference = (above - below) / (2 * Step);

            // adapters.md 6: relative 1e-5 in float64.
            Assert.True(
                Math.Abs(slope - difference) <= 1e-5 * Math.Max(Math.Abs(difference), 1e-3),
                $"{name} {parameterName}: {slope} against {difference}.");
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Bfloat16_inputs_give_nearly_the_outputs_of_float32(string name)
    {
        using var noGradient = no_grad();
        using var adapter = AdapterSamples.Trained(name, model.Weights);

        foreach (var placement in adapter.Placements)
        {
            var linear = adapter.Linear(placement.Site.Layer, placement.Site.Target)!;
            var x = tensor(Arrays.Normal(5, 3L * placement.Site.Inputs), [3, placement.Site.Inputs]).to(bfloat16);
            var plain = nn.functional.linear(x.to(float32), placement.Site.Weight!);

            var narrow = linear.Delta(x, plain.to(bfloat16), training: false)!;
            var wide = linear.Delta(x.to(float32), plain.to(bfloat16).to(float32), training: false)!;

            // One rounding of the result to 8 bits: 2^-9 of the largest value.
            Assert.Equal(bfloat16, narrow.dtype);
            Assert.InRange(Arrays.MaxDifference(wide, narrow.to(float32)) / wide.abs().max().item<float>(), 0, 1.0 / 256);
        }
    }

    [Theory]
    [MemberData(nameof(Mergeable))]
    public void Merging_into_bfloat16_stays_within_its_precision(string name)
    {
        using var noGradient = no_grad();
        using var adapter = AdapterSamples.Trained(name, model.Weights);

        foreach (var placement in adapter.Placements)
        {
            var weight = placement.Site.Weight!.to(bfloat16);
            var linear = adapter.Linear(placement.Site.Layer, placement.Site.Target)!;
            var x = tensor(Arrays.Normal(5, 3L * placement.Site.Inputs), [3, placement.Site.Inputs]);
            var wide = nn.functional.linear(x, weight.to(float32).add(linear.DeltaWeight()));
            var before = Arrays.BytesOf(weight);
            using var merged = new MergedWeight(weight);

            merged.Merge(linear);

            // adapters.md 4.1: 2e-2 relative to the largest output.
            Assert.Equal(bfloat16, merged.Current.dtype);
            var answer = nn.functional.linear(x, merged.Current.to(float32));
            Assert.InRange(Arrays.MaxDifference(wide, answer) / wide.abs().max().item<float>(), 0, 2e-2);
            merged.Unmerge();
            Assert.Equal(before, Arrays.BytesOf(merged.Current));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Equal_seeds_give_equal_bytes(string name)
    {
        using var first = AdapterSamples.Create(name, model.Weights);
        using var second = AdapterSamples.Create(name, model.Weights);

        Assert.Equal(first.Parameters.Values.SelectMany(Arrays.BytesOf), second.Parameters.Values.SelectMany(Arrays.BytesOf));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Disposal_frees_every_tensor(string name)
    {
        var method = AdapterSamples.Method(name, AdapterSamples.Sites(model.Weights));
        var tokens = new Embeddings(Arrays.Tokens(1, 1, 2, 16));
        using var noGradient = no_grad();
        model.Forward([new ForwardSegment(tokens, null)])[0].Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        var adapter = new Adapter(method, AdapterSamples.Placements(model.Weights), 1);
        model.Forward([new ForwardSegment(tokens, adapter)])[0].Dispose();
        adapter.Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static bool IsRouted(string name) => !AdapterSamples.Measured.Contains(name) && AdapterMethods.Create(name).Kind == AdapterKind.Routed;

    /// <summary>DoRA written out, with the norm of the weights as they are now.</summary>
    private static Func<Tensor, Tensor, Tensor> FrozenNorm(AdaptedLinear linear, LinearSite site)
    {
        var (a, b, m) = (linear.Parameters["lora_A.weight"], linear.Parameters["lora_B.weight"], linear.Parameters["lora_magnitude_vector"]);
        var scale = AdapterSamples.Settings.Scale;
        var norm = site.Weight!.add(b.mm(a).mul(scale)).square().sum(1).sqrt().detach();
        return (x, plain) => nn.functional.linear(x, site.Weight!.add(b.mm(a).mul(scale))).mul(m.div(norm)).sub(plain);
    }
}
