using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Compression;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters.Compression;

/// <summary>NF4 and the compensation of what it takes away.</summary>
public sealed class CompressionTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable noGradient = no_grad();

    public void Dispose()
    {
        noGradient.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Levels_are_those_of_the_data_and_of_the_normal_quantiles()
    {
        var expected = MethodVectors.Of("nf4").GetProperty("levels").Vector();

        // The data have the published float32 table, whose quantiles were themselves taken of float32 numbers.
        Assert.Equal(16, NormalFloat.Levels.Length);
        Assert.All(expected.Zip(NormalFloat.Levels), pair => Assert.Equal(pair.First, pair.Second, 1e-6));

        // A level x = Φ⁻¹(p) / Φ⁻¹(0.9677083) of equally spaced p: the spacing comes back through Φ(x) = (1 + erf(x / √2)) / 2.
        var outer = Math.Sqrt(2) * tensor((2 * 0.9677083) - 1, float64).erfinv().item<double>();
        double Probability(double x) => (1 + tensor(x / Math.Sqrt(2), float64).erf().item<double>()) / 2;
        double[] above = [.. NormalFloat.Levels.Skip(8).Select(level => Probability(level * outer))];
        Assert.All(above.Zip(above.Skip(1), (low, high) => high - low), step => Assert.Equal((0.9677083 - 0.5) / 8, step, 1e-6));
    }

    [Fact]
    public void Block_is_coded_as_in_the_data()
    {
        var vector = MethodVectors.Of("nf4");
        var block = vector.GetProperty("block").Row();
        using var quantized = new QuantizedWeight(block, isDouble: false);

        Assert.Equal(vector.GetProperty("absmax").GetDouble(), block.abs().max().item<float>(), 1e-7);
        Assert.Equal(vector.GetProperty("codes").Vector(), quantized.Codes().narrow(0, 0, 8).data<byte>().ToArray().Select(code => (double)code));
        Assert.InRange(Arrays.MaxDifference(vector.GetProperty("dequant").Row(), quantized.Dequantize()), 0, 1e-6);
    }

    [Fact]
    public void Magnitudes_in_eight_bits_cost_little_and_save_memory()
    {
        var weight = tensor(Arrays.Normal(1, 512 * 192), [512, 192]).mul(0.02);
        using var single = new QuantizedWeight(weight, isDouble: false);
        using var both = new QuantizedWeight(weight);
        var (one, two) = (single.Dequantize(), both.Dequantize());

        // 4 bits a value and 32 or 8 per 64 values, and 32 per 256 of these.
        var count = weight.numel();
        Assert.Equal((count / 2) + (count / 64 * 4), single.Bytes);
        Assert.Equal((count / 2) + (count / 64) + (count / 64 / 256 * 4), both.Bytes);

        // A magnitude is off by half a step of 1/127 of the largest deviation from the mean, below 1 % of itself here.
        var error = one.sub(weight).norm().div(weight.norm()).item<float>();
        var both_ = two.sub(weight).norm().div(weight.norm()).item<float>();
        Assert.InRange(error, 0.05, 0.12);
        Assert.InRange(both_, 0, error * 1.02);
        Assert.InRange(Arrays.MaxDifference(one, two) / weight.abs().max().item<float>(), 1e-6, 0.01);
    }

    [Fact]
    public void Zeros_and_blocks_that_are_not_full_survive()
    {
        var weight = zeros(3, 7);
        weight[2, 6] = -2;
        using var quantized = new QuantizedWeight(weight);

        Assert.Equal(Arrays.Of(weight), Arrays.Of(quantized.Dequantize()));
    }

    [Fact]
    public void Compensation_is_that_of_the_data_and_better_than_the_plain_decomposition()
    {
        var vector = MethodVectors.Of("eora");
        var (w, compressed, x) = (
            vector.GetProperty("W").Matrix(float64), vector.GetProperty("W_compressed").Matrix(float64), vector.GetProperty("X").Matrix(float64));
        var rank = vector.GetProperty("r").GetInt32();

        var (a, b) = Eora.Factors(w, compressed, x.t().mm(x).div(x.shape[0]), rank);

        var (u, s, vt) = linalg.svd(w.sub(compressed), fullMatrices: false);
        var plain = u.narrow(1, 0, rank).mul(s.narrow(0, 0, rank)).mm(vt.narrow(0, 0, rank));
        double Error(Tensor change) => x.mm(w.sub(compressed).sub(change).t()).norm().item<double>();
        Assert.InRange(b.mm(a).sub(vector.GetProperty("BA").Matrix(float64)).abs().max().item<double>(), 0, 1e-6);
        var errors = vector.GetProperty("output_error_fro");
        Assert.Equal(errors.GetProperty("none").GetDouble(), Error(zeros_like(w)), 1e-6);
        Assert.Equal(errors.GetProperty("plain_svd").GetDouble(), Error(plain), 1e-6);
        Assert.Equal(errors.GetProperty("eora").GetDouble(), Error(b.mm(a)), 1e-6);
        Assert.True(Error(b.mm(a)) <= Error(plain));
    }

    [Fact]
    public void Inputs_that_span_no_whole_space_leave_the_compensation_finite()
    {
        var x = tensor(Arrays.Normal(1, 6), [2, 3]);

        var (a, b) = Eora.Factors(tensor(Arrays.Normal(2, 12), [4, 3]), zeros(4, 3), x.t().mm(x), rank: 3);

        Assert.True(a.isfinite().all().item<bool>() && b.isfinite().all().item<bool>());
        Assert.InRange(x.mm(tensor(Arrays.Normal(2, 12), [4, 3]).t().sub(b.mm(a).t().to(float32))).norm().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Compensated_base_answers_closer_to_the_original_than_the_compressed_one()
    {
        using var original = SmallBase.Model(SmallBase.Plain);
        using var compressed = SmallBase.Model(SmallBase.Plain);
        var sites = AdapterSamples.Sites(compressed.Weights);
        var originals = AdapterSamples.Sites(original.Weights).ToDictionary(site => site.Path, site => site.Weight!);
        foreach (var site in sites)
        {
            using var quantized = new QuantizedWeight(site.Weight!);
            site.Weight!.copy_(quantized.Dequantize());
        }

        var tokens = new Embeddings(Arrays.Tokens(1, 8, 6, 16));
        using var probe = new Adapter(new CovarianceProbe(), AdapterSamples.Placements(compressed.Weights), seed: 1);
        Answer(compressed, probe, tokens);
        var covariances = CovarianceProbe.Collect(probe);
        var method = new EoraMethod(originals, covariances);
        using var adapter = new Adapter(method, AdapterSamples.Placements(compressed.Weights, AdapterSamples.Settings with { Rank = 8 }), seed: 1);

        var wanted = Answer(original, null, tokens);
        double Distance(Adapter? with) => wanted.sub(Answer(compressed, with, tokens)).norm().item<float>();
        Assert.InRange(Distance(adapter) / Distance(null), 0, 0.5);
        foreach (var covariance in covariances.Values)
        {
            covariance.Dispose();
        }
    }

    [Fact]
    public void Probe_counts_real_tokens_and_eora_names_what_it_lacks()
    {
        using var model = SmallBase.Model(SmallBase.Plain);
        using var probe = new Adapter(new CovarianceProbe(), AdapterSamples.Placements(model.Weights), seed: 1);
        var linear = probe.Linear(0, "q_proj")!;
        var x = tensor(Arrays.Normal(1, 64), [4, 16]);
        probe.Expect(tensor(new[] { true, false, true, true }, [1, 4]));

        Assert.Null(linear.Delta(x, null, training: false));

        var rows = cat([x.narrow(0, 0, 1), x.narrow(0, 2, 2)], 0).to(float64);
        var collected = CovarianceProbe.Collect(probe);
        Assert.Equal([LinearTargets.Path(0, "q_proj")], collected.Keys);
        Assert.InRange(rows.t().mm(rows).div(3).sub(collected.Values.Single()).abs().max().item<double>(), 0, 1e-12);
        var exception = Assert.Throws<TelecomException>(() =>
            new Adapter(new EoraMethod(new Dictionary<string, Tensor>(), collected), AdapterSamples.Placements(model.Weights), seed: 1));
        Assert.Contains("needs the original weight of model.layers.0.self_attn.q_proj", exception.Message, StringComparison.Ordinal);
        collected.Values.Single().Dispose();
    }

    private static Tensor Answer(BaseModel model, Adapter? adapter, Embeddings tokens) => model.Forward([new ForwardSegment(tokens, adapter)])[0];
}
