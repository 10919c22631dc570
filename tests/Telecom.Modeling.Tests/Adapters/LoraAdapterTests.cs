using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Modeling.Training;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters;

public sealed class LoraAdapterTests : IDisposable
{
    private const int Width = 16;

    private readonly BaseModel model = SmallBase.Model(SmallBase.Grouped);
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        model.Dispose();
    }

    [Fact]
    public void Fresh_adapter_leaves_the_output_of_the_base_unchanged_exactly()
    {
        using var adapter = new LoraAdapter(TestAdapter.AllTargets(4), model.Configuration, CPU, seed: 3);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 5, Width));

        var adapted = model.Forward([new ForwardSegment(tokens, adapter)])[0];

        // B is zero, so the delta is; adding zero changes no bit of a number that is not itself a negative zero.
        Assert.Equal(Arrays.Of(model.Forward([new ForwardSegment(tokens, null)])[0]), Arrays.Of(adapted));
    }

    [Fact]
    public void Delta_gives_the_golden_numbers_of_two_adapters()
    {
        // adapters.md 6, G4: W = [[1,0],[0,1],[1,1]]; A1 = [1,2], B1 = [1,0,2], s = 2; A2 = [0,-1], B2 = [3,1,0], s = 0.5; rows (1,1), (2,0), (0,3).
        var configuration = SmallBase.Plain with { HiddenSize = 2, FeedForwardSize = 3, LayerCount = 1 };
        using var one = Golden(configuration, alpha: 2, [1, 2], [1, 0, 2]);
        using var two = Golden(configuration, alpha: 0.5, [0, -1], [3, 1, 0]);
        var weight = tensor(new float[] { 1, 0, 0, 1, 1, 1 }, [3, 2]);

        Tensor Row(float a, float b, LoraAdapter? adapter)
        {
            var x = tensor(new[] { a, b }, [1, 2]);
            var y = nn.functional.linear(x, weight);
            return adapter is null ? y : y.add(adapter.Delta(0, "up_proj", x)!);
        }

        Assert.Equal([7, 1, 14], Arrays.Of(Row(1, 1, one)));
        Assert.Equal([2, 0, 2], Arrays.Of(Row(2, 0, two)));
        Assert.Equal([0, 3, 3], Arrays.Of(Row(0, 3, null)));
    }

    [Fact]
    public void Delta_is_scaled_by_alpha_over_rank()
    {
        using var half = TestAdapter.Trained(TestAdapter.AllTargets(4, alpha: 2), model.Configuration, 1);
        using var triple = TestAdapter.Trained(TestAdapter.AllTargets(4, alpha: 12), model.Configuration, 1);
        var x = tensor(Arrays.Normal(2, 3 * Width), [3, Width]);

        var (small, large) = (half.Delta(0, "q_proj", x)!, triple.Delta(0, "q_proj", x)!);

        // 2/4 against 12/4: a factor of 6; one rounding on each side of values of order 1.
        Assert.InRange(Arrays.MaxDifference(small.mul(6), large), 0, 1e-5);
    }

    [Fact]
    public void Layers_that_are_not_targeted_have_no_delta()
    {
        using var adapter = new LoraAdapter(new AdapterOptions { Rank = 2, Targets = ["v_proj"] }, model.Configuration, CPU, 1);

        Assert.Null(adapter.Delta(0, "q_proj", zeros(1, Width)));
        Assert.False(adapter.Targets(0, "q_proj"));
        Assert.True(adapter.Targets(1, "v_proj"));
    }

    [Fact]
    public void Parameter_count_is_rank_times_inputs_plus_outputs_of_every_target()
    {
        const int Rank = 5;
        using var all = new LoraAdapter(TestAdapter.AllTargets(Rank), model.Configuration, CPU, 1);

        // d = 16, 4 heads of 6, 2 kv heads of 6, ffn 20: q 16+24, k and v 16+12, o 24+16, gate and up 16+20, down 20+16.
        Assert.Equal(2 * Rank * (40 + 28 + 28 + 40 + 36 + 36 + 36), all.ParameterCount);
    }

    [Fact]
    public void Query_and_value_adapters_of_the_shipped_base_count_as_in_the_paper()
    {
        using var adapter = new LoraAdapter(new AdapterOptions { Rank = 32 }, BaseConfiguration.Nano, CPU, 1);

        // 2 targets * layers * r * (E + E).
        Assert.Equal(2L * 4 * 32 * (256 + 256), adapter.ParameterCount);
    }

    [Fact]
    public void Seven_targets_of_rank_eight_count_as_specified()
    {
        var configuration = BaseConfiguration.Nano with
        {
            HiddenSize = 512,
            LayerCount = 8,
            HeadCount = 8,
            KeyValueHeadCount = 8,
            FeedForwardSize = 1408,
        };
        using var adapter = new LoraAdapter(TestAdapter.AllTargets(8), configuration, CPU, 1);

        // adapters.md 4.5: d = 512, L = 8, ffn 1408, all seven linear layers.
        Assert.Equal(630_784, adapter.ParameterCount);
    }

    [Fact]
    public void Parameters_carry_the_names_of_peft()
    {
        using var adapter = new LoraAdapter(
            new AdapterOptions { Rank = 2, Targets = ["v_proj", "down_proj"] }, model.Configuration with { LayerCount = 1 }, CPU, 1);

        Assert.Equal(
            [
                "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight",
                "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight",
                "base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight",
                "base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight",
            ],
            adapter.Parameters.Keys);
        Assert.Equal([2, 20], adapter.Parameters.Values.First().shape);
        Assert.Equal([12, 2], adapter.Parameters.Values.Last().shape);
    }

    [Fact]
    public void A_starts_uniform_in_the_bound_of_its_inputs_and_B_at_zero()
    {
        using var adapter = new LoraAdapter(new AdapterOptions { Rank = 32 }, BaseConfiguration.Nano, CPU, 1);
        var bound = 1 / Math.Sqrt(256);

        foreach (var (name, parameter) in adapter.Parameters)
        {
            var values = Arrays.Of(parameter);
            if (name.Contains("lora_B", StringComparison.Ordinal))
            {
                Assert.All(values, value => Assert.Equal(0, value));
                continue;
            }

            Assert.All(values, value => Assert.InRange(value, -bound, bound));

            // Variance of a uniform: bound² / 3; 8192 draws, relative standard error of the estimate 1 %.
            Assert.Equal(bound * bound / 3, values.Average(value => (double)value * value), bound * bound * 0.02);
        }
    }

    [Fact]
    public void Equal_seeds_give_equal_bytes_and_others_do_not()
    {
        using var first = new LoraAdapter(new AdapterOptions { Rank = 2 }, model.Configuration, CPU, 1);
        using var same = new LoraAdapter(new AdapterOptions { Rank = 2, Targets = ["v_proj", "q_proj"] }, model.Configuration, CPU, 1);
        using var other = new LoraAdapter(new AdapterOptions { Rank = 2 }, model.Configuration, CPU, 2);

        Assert.Equal(first.Parameters.Values.SelectMany(Arrays.BytesOf), same.Parameters.Values.SelectMany(Arrays.BytesOf));
        Assert.NotEqual(first.Parameters.Values.SelectMany(Arrays.BytesOf), other.Parameters.Values.SelectMany(Arrays.BytesOf));
    }

    [Fact]
    public void Dropout_acts_while_training_only()
    {
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(4) with { Dropout = 0.5 }, model.Configuration, 1);
        using var plain = TestAdapter.Trained(TestAdapter.AllTargets(4), model.Configuration, 1);
        var x = tensor(Arrays.Normal(2, 3 * Width), [3, Width]);
        var expected = Arrays.Of(plain.Delta(0, "q_proj", x)!);

        var serving = Arrays.Of(adapter.Delta(0, "q_proj", x)!);
        adapter.Training = true;
        var training = Enumerable.Range(0, 3).Select(_ => Arrays.Of(adapter.Delta(0, "q_proj", x)!)).ToArray();
        adapter.Training = false;

        Assert.Equal(expected, serving);
        Assert.All(training, delta => Assert.NotEqual(expected, delta));
        Assert.Equal(expected, Arrays.Of(adapter.Delta(0, "q_proj", x)!));
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(2), model.Configuration, 4);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 4, Width));
        var weights = tensor(Arrays.Normal(9, 2 * 4 * Width), [2, 4, Width]);
        Tensor Loss() => model.Forward([new ForwardSegment(tokens, adapter)])[0].mul(weights).mean();

        Loss().backward();

        foreach (var (name, parameter) in adapter.Parameters)
        {
            var direction = tensor(Arrays.Normal(11, parameter.numel()), parameter.shape);
            var slope = parameter.grad!.mul(direction).sum().item<float>();
            const float Step = 2e-3f;
            double difference;
            using (no_grad())
            {
                parameter.add_(direction, alpha: Step);
                adapter.Refresh();
                var above = Loss().item<float>();
                parameter.add_(direction, alpha: -2 * Step);
                adapter.Refresh();
                difference = (above - Loss().item<float>()) / (2 * Step);
                parameter.add_(direction, alpha: Step);
            }

            // Central differences of a float32 loss of order 0.1: rounding 1e-8 / 2e-3, and a third-order term of order step².
            Assert.True(Math.Abs(slope - difference) <= 1e-4 + (0.01 * Math.Abs(difference)), $"{name}: gradient {slope}, difference {difference}.");
        }
    }

    [Fact]
    public void Training_steps_leave_the_base_as_it_was_and_without_gradients()
    {
        using var adapter = TestAdapter.Trained(TestAdapter.AllTargets(2), model.Configuration, 4);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 4, Width));
        var before = Arrays.Of(adapter.Parameters.Values.First());
        using var optimizer = new AdamW(adapter.Parameters.Select(pair => new TrainableParameter(pair.Key, pair.Value, 0)));

        for (var step = 0; step < 3; step++)
        {
            optimizer.ForgetGradients();
            model.Forward([new ForwardSegment(tokens, adapter)])[0].square().mean().backward();
            optimizer.Step(0.1);
        }

        Assert.Equal(model.Fingerprint, model.Weights.RecomputeFingerprint());
        Assert.All(model.Weights.Tensors.Values, weight => Assert.Null(weight.grad));
        Assert.NotEqual(before, Arrays.Of(adapter.Parameters.Values.First()));
    }

    [Fact]
    public void Disposal_frees_every_tensor()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        new LoraAdapter(TestAdapter.AllTargets(2), model.Configuration, CPU, 1).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    public static TheoryData<AdapterOptions, string> WrongOptions => new()
    {
        { new AdapterOptions { Rank = 0 }, "rank 0 must be from 1 to 1024" },
        { new AdapterOptions { Rank = int.MaxValue }, "must be from 1 to 1024" },
        { new AdapterOptions { Alpha = double.NaN }, "alpha NaN must be finite" },
        { new AdapterOptions { Dropout = 1 }, "dropout 1 must be" },
        { new AdapterOptions { Targets = [] }, "names no target" },
        { new AdapterOptions { Targets = ["q_proj", "q_proj"] }, "names a target twice" },
        {
            new AdapterOptions { Targets = ["lm_head"] },
            "no linear layer 'lm_head'. Adapters can target q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj"
        },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void Options_that_cannot_be_met_are_refused(AdapterOptions options, string part)
    {
        var exception = Assert.Throws<TelecomException>(() => new LoraAdapter(options, model.Configuration, CPU, 1));

        Assert.Equal(ErrorCode.BundleInvalid, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    private static LoraAdapter Golden(BaseConfiguration configuration, double alpha, float[] a, float[] b)
    {
        var adapter = new LoraAdapter(new AdapterOptions { Rank = 1, Alpha = alpha, Dropout = 0, Targets = ["up_proj"] }, configuration, CPU, 1);
        TestAdapter.Set(adapter, "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight", a);
        TestAdapter.Set(adapter, "base_model.model.model.layers.0.mlp.up_proj.lora_B.weight", b);
        return adapter;
    }
}
