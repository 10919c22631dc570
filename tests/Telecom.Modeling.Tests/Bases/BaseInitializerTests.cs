using System.Runtime.InteropServices;
using Telecom.Modeling.Bases;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Tests.Bases;

public sealed class BaseInitializerTests : IDisposable
{
    private readonly BaseWeights nano = BaseInitializer.Nano();

    public void Dispose() => nano.Dispose();

    [Fact]
    public void Nano_has_the_documented_tensors()
    {
        Assert.Equal("nano", nano.Name);
        Assert.Equal((4 * 9) + 1, nano.Tensors.Count);
        Assert.Equal([256, 256], nano.Tensors["model.layers.0.self_attn.q_proj.weight"].shape);
        Assert.Equal([688, 256], nano.Tensors["model.layers.3.mlp.gate_proj.weight"].shape);
        Assert.Equal([256, 688], nano.Tensors["model.layers.3.mlp.down_proj.weight"].shape);
        Assert.Equal(3_164_416, nano.Tensors.Values.Sum(tensor => tensor.NumberOfElements));
        Assert.Equal(3_164_416 * 4, nano.TotalBytes);
        Assert.DoesNotContain("lm_head.weight", nano.Tensors.Keys);
        Assert.All(nano.Tensors.Values, tensor => Assert.False(tensor.requires_grad));
    }

    [Fact]
    public void The_first_number_follows_from_the_golden_bits()
    {
        // Seed 42 starts 13679457532755275413, 2949826092126892291; evaluated by hand with the library's functions.
        using var seeded = BaseInitializer.Seeded(BaseConfiguration.Nano, 42, "forty-two");
        var a = 1 - ((13679457532755275413UL >> 11) / Math.Pow(2, 53));
        var b = (2949826092126892291UL >> 11) / Math.Pow(2, 53);
        var radius = Math.Sqrt(-2 * Math.Log(a));

        // The first matrix in ordinal order writes into the residual stream: 0.02/√8.
        var down = Elements(seeded, "model.layers.0.mlp.down_proj.weight");

        // 1e-9: half an ulp of float32 at 0.02.
        Assert.Equal(radius * Math.Cos(2 * Math.PI * b) * 0.02 / Math.Sqrt(8), down[0], 1e-9);
        Assert.Equal(radius * Math.Sin(2 * Math.PI * b) * 0.02 / Math.Sqrt(8), down[1], 1e-9);
    }

    [Fact]
    public void Matrices_have_the_documented_mean_and_deviation()
    {
        foreach (var (name, _) in BaseLayout.Tensors(BaseConfiguration.Nano).Where(tensor => !BaseLayout.IsNorm(tensor.Name)))
        {
            var values = Elements(nano, name);
            var deviation = BaseLayout.WritesResidual(name) ? 0.02 / Math.Sqrt(8) : 0.02;
            double sum = 0;
            double squares = 0;
            foreach (var value in values)
            {
                sum += value;
                squares += (double)value * value;
            }

            // Five standard errors: σ/√n of the mean, σ²√(2/n) of the variance.
            Assert.InRange(sum / values.Length, -5 * deviation / Math.Sqrt(values.Length), 5 * deviation / Math.Sqrt(values.Length));
            Assert.InRange((squares / values.Length / deviation / deviation) - 1, -5 * Math.Sqrt(2.0 / values.Length), 5 * Math.Sqrt(2.0 / values.Length));
        }
    }

    [Fact]
    public void Numbers_are_normally_distributed_and_uncorrelated()
    {
        var values = Elements(nano, "model.layers.1.mlp.up_proj.weight").ToArray().Select(value => value / 0.02).ToArray();
        var withinOne = values.Count(value => Math.Abs(value) < 1) / (double)values.Length;
        var withinTwo = values.Count(value => Math.Abs(value) < 2) / (double)values.Length;
        var neighbours = values.Zip(values.Skip(1), (left, right) => left * right).Average();

        // Five standard errors √(p(1 − p)/n) and 1/√n with n = 176 128; the shares are those of the normal distribution.
        Assert.Equal(0.682689, withinOne, 0.0056);
        Assert.Equal(0.954500, withinTwo, 0.0025);
        Assert.Equal(0, neighbours, 0.012);
    }

    [Fact]
    public void Norms_are_one()
    {
        Assert.All(Elements(nano, "model.norm.weight").ToArray(), value => Assert.Equal(1f, value));
        Assert.All(Elements(nano, "model.layers.2.input_layernorm.weight").ToArray(), value => Assert.Equal(1f, value));
        Assert.All(Elements(nano, "model.layers.2.post_attention_layernorm.weight").ToArray(), value => Assert.Equal(1f, value));
    }

    [Fact]
    public void The_same_seed_gives_the_same_fingerprint()
    {
        using var again = BaseInitializer.Nano();

        Assert.Equal(nano.Fingerprint, again.Fingerprint);
        Assert.Matches("^[0-9a-f]{64}$", nano.Fingerprint);
    }

    [Fact]
    public void The_shipped_base_is_the_one_that_another_program_computes()
    {
        // From the documented stream with the C library's log, cos and sin in a separate program (Python's math, struct and hashlib).
        Assert.Equal("7ca0be2eb45669ca4b0ffa09532b7178201f5297a87d7bd877eb0789765dfcf4", nano.Fingerprint);
    }

    [Fact]
    public void Another_seed_gives_another_fingerprint()
    {
        using var other = BaseInitializer.Seeded(BaseConfiguration.Nano, BaseInitializer.NanoSeed + 1, "other");

        Assert.NotEqual(nano.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public void One_flipped_bit_changes_the_fingerprint()
    {
        using var other = BaseInitializer.Nano();
        other.Tensors["model.layers.3.mlp.up_proj.weight"].bytes[12_345] ^= 1;

        Assert.NotEqual(nano.Fingerprint, other.RecomputeFingerprint());
    }

    [Fact]
    public void Impossible_shapes_are_refused_with_all_reasons()
    {
        var error = Assert.Throws<TelecomException>(() => BaseInitializer.Seeded(
            BaseConfiguration.Nano with { HeadSize = 63, KeyValueHeadCount = 3, NormEpsilon = double.NaN, LayerCount = 0 }, 1, "wrong"));

        Assert.Contains("head_dim 63", error.Message, StringComparison.Ordinal);
        Assert.Contains("num_attention_heads 4 must be a multiple", error.Message, StringComparison.Ordinal);
        Assert.Contains("rms_norm_eps NaN", error.Message, StringComparison.Ordinal);
        Assert.Contains("num_hidden_layers 0", error.Message, StringComparison.Ordinal);
    }

    private static Span<float> Elements(BaseWeights weights, string name) => MemoryMarshal.Cast<byte, float>(weights.Tensors[name].bytes);
}
