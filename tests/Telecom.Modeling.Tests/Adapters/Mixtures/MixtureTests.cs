using System.Text.Json;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Adapters.Mixtures;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Adapters.Mixtures;

public sealed class MixtureTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Dynmole_routes_the_golden_tokens()
    {
        // adapters.md 6, G9: q = 1.1, τ = 1.1, top-p 0.75, keep 2; an uncertain token goes to all.
        var routing = new EntropyRouting(new EntropyRoutingSettings());
        var logits = tensor(new[] { 2f, 1, 0.5f, -1, 0.1f, 0, 0.05f, -0.05f }, [2, 4]);
        var probabilities = nn.functional.softmax(logits, 1);

        var weights = routing.Weights(probabilities);

        Assert.InRange(Arrays.MaxDifference([0.9412905f, 1.293f], Arrays.Of(EntropyRouting.Entropy(probabilities, 1.1))), 0, MethodVectors.Tolerance);
        Assert.InRange(Arrays.MaxDifference([0.60946f, 0.2242078f, 0, 0], Arrays.Of(weights[0])), 0, MethodVectors.Tolerance);
        Assert.Equal(Arrays.Of(probabilities[1]), Arrays.Of(weights[1]));
    }

    [Fact]
    public void Dynmole_routes_the_tokens_of_the_data()
    {
        var vector = MethodVectors.Of("dynmole");
        var routing = new EntropyRouting(new EntropyRoutingSettings
        {
            Order = vector.GetProperty("q").GetDouble(),
            Threshold = vector.GetProperty("entropy_threshold").GetDouble(),
            TopP = vector.GetProperty("top_p").GetDouble(),
            KeepTopK = vector.GetProperty("keep_top_k").GetInt32(),
        });

        Assert.All(vector.GetProperty("cases").EnumerateArray(), example =>
        {
            var probabilities = nn.functional.softmax(example.GetProperty("logits").Row().unsqueeze(0), 1);
            var weights = routing.Weights(probabilities);

            AssertClose(example.GetProperty("probs"), probabilities);
            Assert.Equal(example.GetProperty("entropy").GetDouble(), EntropyRouting.Entropy(probabilities, 1.1).item<float>(), 2e-6);
            AssertClose(example.GetProperty("weights"), weights);
            Assert.Equal(example.GetProperty("active").Vector(), Arrays.Of(weights).Select(weight => weight > 0 ? 1.0 : 0));
        });
    }

    [Fact]
    public void Entropy_of_order_one_is_shannons_and_the_limit_of_its_neighbours()
    {
        var probabilities = tensor(new[] { 0.5, 0.25, 0.25, 0.0 }, [1, 4]);

        Assert.Equal(1.5 * Math.Log(2), EntropyRouting.Entropy(probabilities, 1).item<double>(), 1e-12);
        Assert.Equal(1.5 * Math.Log(2), EntropyRouting.Entropy(probabilities, 1 + 1e-5).item<double>(), 1e-4);

        // Order two: one minus the sum of squares.
        Assert.Equal(1 - 0.375, EntropyRouting.Entropy(probabilities, 2).item<double>(), 1e-12);
    }

    [Fact]
    public void Balance_loss_is_that_of_the_data_and_one_when_experts_share_alike()
    {
        var vector = MethodVectors.Of("switch_balance_loss");
        var probabilities = vector.GetProperty("probs").Matrix();

        Assert.Equal(vector.GetProperty("loss_unit_coef").GetDouble(), TopOneRouting.BalanceLoss(probabilities).item<float>(), 2e-6);
        Assert.Equal(
            vector.GetProperty("top1").Vector(), new TopOneRouting().Weights(probabilities).argmax(1).data<long>().ToArray().Select(e => (double)e));
        Assert.Equal(1, TopOneRouting.BalanceLoss(tensor(new[] { 0.75f, 0.25f, 0.25f, 0.75f }, [2, 2])).item<float>(), 1e-6);
    }

    [Theory]
    [InlineData("llava-mole")]
    [InlineData("dynmole")]
    public void Mixture_of_one_expert_is_plain_lora(string name)
    {
        using var noGradient = no_grad();
        using var mixture = Create(name, AdapterSamples.Site(6, 5), experts: 1);
        using var lora = new Adapter(new LoraMethod(), [new AdapterPlacement(AdapterSamples.Site(6, 5), AdapterSamples.Settings)], seed: 1);
        var (one, plain) = (mixture.Linear(0, "up_proj")!, lora.Linear(0, "up_proj")!);
        plain.Parameters["lora_A.weight"].copy_(one.Parameters[MixtureMethod.NameA][0]);
        plain.Parameters["lora_B.weight"].copy_(one.Parameters[MixtureMethod.NameB][0]);
        var x = tensor(Arrays.Normal(3, 20), [4, 5]);

        Assert.InRange(Arrays.MaxDifference(plain.Delta(x, null, training: false)!, one.Delta(x, null, training: false)!), 0, 1e-6);
    }

    [Theory]
    [InlineData("llava-mole", 1)]
    [InlineData("dynmole", 2)]
    public void Tokens_get_their_experts_weighted_by_probability(string name, int least)
    {
        using var noGradient = no_grad();
        using var mixture = Create(name, AdapterSamples.Site(6, 5), experts: 4);
        var linear = mixture.Linear(0, "up_proj")!;
        linear.Parameters[MixtureMethod.NameRouter].mul_(4);
        var (a, b) = (linear.Parameters[MixtureMethod.NameA], linear.Parameters[MixtureMethod.NameB]);
        var x = tensor(Arrays.Normal(3, 40), [8, 5]);
        var probabilities = nn.functional.softmax(nn.functional.linear(x, linear.Parameters[MixtureMethod.NameRouter]), 1);

        var delta = linear.Delta(x, null, training: false)!;

        for (var token = 0; token < 8; token++)
        {
            var p = Arrays.Of(probabilities[token]);
            int[] order = [.. Enumerable.Range(0, 4).OrderByDescending(e => p[e])];
            var entropy = (1 - p.Sum(value => Math.Pow(value, 1.1))) / 0.1;
            var taken = least == 1 ? 1 : entropy > 1.1 ? 4 : Math.Max(2, Enumerable.Range(1, 4).Count(n => order.Take(n).Sum(e => p[e]) <= 0.75));
            var expected = zeros(6);
            foreach (var expert in order.Take(taken))
            {
                expected = expected.add(b[expert].mm(a[expert]).mv(x[token]).mul(p[expert] * AdapterSamples.Settings.Scale));
            }

            Assert.InRange(Arrays.MaxDifference(expected, delta[token]), 0, 1e-5);
        }
    }

    [Theory]
    [InlineData("llava-mole")]
    [InlineData("dynmole")]
    public void Padding_counts_in_no_loss(string name)
    {
        using var mixture = Create(name, AdapterSamples.Site(6, 5), experts: 3);
        var linear = mixture.Linear(0, "up_proj")!;
        var x = tensor(Arrays.Normal(3, 30), [6, 5]);
        var mask = tensor(new[] { false, true, true, false, true, true }, [2, 3]);

        linear.Delta(x[mask.reshape(-1)], null, training: true);
        var expected = mixture.TakeLoss()!.item<float>();
        mixture.Expect(mask);
        linear.Delta(x, null, training: true);
        var masked = mixture.TakeLoss()!.item<float>();
        mixture.Expect(zeros(2, 3, @bool));
        linear.Delta(x, null, training: true);

        Assert.Equal(expected, masked, 1e-7f);
        Assert.Null(mixture.TakeLoss());
    }

    [Theory]
    [InlineData("llava-mole")]
    [InlineData("dynmole")]
    public void Loss_reaches_the_router_with_the_right_slope(string name)
    {
        var site = AdapterSamples.Site(6, 5, ScalarType.Float64);
        using var mixture = Create(name, site, experts: 3);
        var router = mixture.Linear(0, "up_proj")!.Parameters[MixtureMethod.NameRouter];
        var x = tensor(Arrays.Normal(3, 30), [6, 5]).to(float64);
        double Loss()
        {
            mixture.Linear(0, "up_proj")!.Delta(x, null, training: true);
            return mixture.TakeLoss()!.item<double>();
        }

        mixture.Linear(0, "up_proj")!.Delta(x, null, training: true);
        mixture.TakeLoss()!.backward();
        var direction = tensor(Arrays.Normal(4, 15), [3, 5]).to(float64);
        var slope = router.grad!.mul(direction).sum().item<double>();
        const double Step = 1e-6;
        router.detach().add_(direction, alpha: Step);
        var above = Loss();
        router.detach().add_(direction, alpha: -2 * Step);
        var difference = (above - Loss()) / (2 * Step);

        // Losses of order 1e-2 rounded to 2e-18: the quotient is good to 1e-12.
        Assert.Equal(difference, slope, Math.Abs(difference) * 1e-5);
        Assert.True(Math.Abs(slope) > 1e-6);
    }

    [Fact]
    public void Losses_come_from_training_forwards_only_and_are_taken_once()
    {
        using var model = SmallBase.Model(SmallBase.Plain);
        using var mixture = TaskAdapter.Create(new AdapterOptions { Method = "dynmole", Rank = 2 }, model.Weights, seed: 1);
        var backbone = new AdaptedBackbone(model, mixture);
        var tokens = new Embeddings(Arrays.Tokens(1, 2, 4, 16));

        backbone.Forward(tokens);
        Assert.Null(mixture.TakeLoss());

        mixture.Training = true;
        backbone.Forward(tokens);
        Assert.True(mixture.TakeLoss()!.requires_grad);
        Assert.Null(mixture.TakeLoss());

        // A forward whose loss nobody took leaves nothing behind.
        backbone.Forward(tokens);
        mixture.Training = false;
        Assert.Null(mixture.TakeLoss());
    }

    [Fact]
    public void Mixture_cannot_be_merged()
    {
        using var mixture = Create("dynmole", AdapterSamples.Site(6, 5), experts: 3);
        using var merged = new MergedWeight(AdapterSamples.Site(6, 5).Weight!);

        var exception = Assert.Throws<TelecomException>(() => merged.Merge(mixture.Linear(0, "up_proj")!));

        Assert.Equal(ErrorCode.Unprocessable, exception.Code);
        Assert.Contains("chooses token by token: it cannot be merged", exception.Message, StringComparison.Ordinal);
    }

    private static Adapter Create(string name, LinearSite site, int experts)
    {
        var method = AdapterMethods.Create(name, new Dictionary<string, double> { ["experts"] = experts });
        var adapter = new Adapter(method, [new AdapterPlacement(site, AdapterSamples.Settings)], seed: 1);
        AdapterSamples.Perturb(adapter);
        return adapter;
    }

    private static void AssertClose(JsonElement expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference(expected.Row(), actual.squeeze(0)), 0, MethodVectors.Tolerance);
}
