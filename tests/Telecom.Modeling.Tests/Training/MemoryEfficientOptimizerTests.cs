using Telecom.Modeling.Tests.Adapters;
using Telecom.Modeling.Tests.Support;
using Telecom.Modeling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Training;

/// <summary>Fira, FRUGAL and the slow copy of I-LoRA.</summary>
public sealed class MemoryEfficientOptimizerTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fira_takes_the_steps_of_the_data_whichever_side_is_shorter(bool transposed)
    {
        var vector = MethodVectors.Of("fira_adamw");
        Tensor Oriented(Tensor matrix) => transposed ? matrix.t().contiguous() : matrix;
        var weight = Oriented(vector.GetProperty("W0").Matrix()).requires_grad_();
        using var optimizer = new Fira(
            [new TrainableParameter("w", weight, 0)],
            new FiraOptions(vector.GetProperty("rank").GetInt32(), Growth: vector.GetProperty("norm_growth_gamma").GetDouble()));

        foreach (var (gradient, expected) in vector.GetProperty("grads").EnumerateArray().Zip(vector.GetProperty("W_after_step").EnumerateArray()))
        {
            weight.grad = Oriented(gradient.Matrix());
            optimizer.Step(vector.GetProperty("lr").GetDouble());

            AssertClose(Oriented(expected.Matrix()), weight);
        }

        Assert.Equal(2, optimizer.Steps);
    }

    [Fact]
    public void Fira_lets_the_part_beside_the_projection_grow_by_gamma_at_most()
    {
        // Orthogonal columns: the projection is the first axis, and what is left is ±b beside equal ĝ of 200.
        var weight = zeros(3, 2).requires_grad_();
        using var optimizer = new Fira([new TrainableParameter("w", weight, 0)], new FiraOptions(Rank: 1));
        float[] moves = [.. new[] { 1f, 100f }.Select(beside =>
        {
            var before = weight[0, 1].item<float>();
            weight.grad = tensor(new[] { 200f, beside, 200f, -beside, 0, 0 }, [3, 2]);
            optimizer.Step(0.1);
            return weight[0, 1].item<float>() - before;
        })];

        // The norm grows by 1.01 instead of 100; the moves also have the factors √(1 - 0.999^t) / (1 - 0.9^t).
        var expected = 1.01 * (Math.Sqrt(1 - 0.998001) / 0.19) / (Math.Sqrt(0.001) / 0.1);
        Assert.Equal(expected, moves[1] / moves[0], 1e-5);
    }

    [Fact]
    public void Fira_and_frugal_give_vectors_plain_adamw_steps()
    {
        var (one, two, three) = (Vector(), Vector(), Vector());
        using var fira = new Fira([new TrainableParameter("w", one, 0.1)], new FiraOptions(Rank: 1));
        using var frugal = new Frugal([new TrainableParameter("w", two, 0.1)], new FrugalOptions());
        using var adam = new AdamW([new TrainableParameter("w", three, 0.1)]);

        for (ulong step = 0; step < 3; step++)
        {
            foreach (var weight in new[] { one, two, three })
            {
                weight.grad = tensor(Arrays.Normal(10 + step, 5));
            }

            fira.Step(0.1);
            frugal.Step(0.1);
            adam.Step(0.1);
        }

        Assert.Equal(Arrays.Of(three), Arrays.Of(one));
        Assert.Equal(Arrays.Of(three), Arrays.Of(two));
    }

    [Fact]
    public void Frugal_takes_the_step_of_the_data()
    {
        var vector = MethodVectors.Of("frugal_columns");
        var weight = vector.GetProperty("W0").Matrix().requires_grad_();
        var active = vector.GetProperty("active_columns").Vector().Select(column => (long)column).ToArray();
        using var optimizer = new Frugal(
            [new TrainableParameter("w", weight, vector.GetProperty("weight_decay").GetDouble())], new FrugalOptions(), (_, _) => active);

        weight.grad = vector.GetProperty("grad").Matrix();
        optimizer.Step(vector.GetProperty("lr").GetDouble());

        AssertClose(vector.GetProperty("W_after_step1").Matrix(), weight);
    }

    [Fact]
    public void Frugal_updates_its_columns_as_adamw_and_all_others_by_signs()
    {
        var (weight, reference) = (zeros(2, 4).requires_grad_(), zeros(2, 4).requires_grad_());
        using var optimizer = new Frugal([new TrainableParameter("w", weight, 0)], new FrugalOptions { SignRate = 0.5 }, (_, _) => [1, 2]);
        using var adam = new AdamW([new TrainableParameter("w", reference, 0)]);
        var signs = zeros(2, 4);

        for (ulong step = 0; step < 3; step++)
        {
            var gradient = tensor(Arrays.Normal(step, 8), [2, 4]);
            weight.grad = gradient.clone();
            reference.grad = gradient.clone();
            signs.sub_(gradient.sign().mul(0.05));
            optimizer.Step(0.1);
            adam.Step(0.1);
        }

        AssertClose(reference.narrow(1, 1, 2), weight.narrow(1, 1, 2));
        AssertClose(signs[.., 0], weight[.., 0]);
        AssertClose(signs[.., 3], weight[.., 3]);
    }

    [Fact]
    public void Frugal_forgets_its_moments_when_it_chooses_anew()
    {
        var weight = zeros(1, 4).requires_grad_();
        var chosen = new List<int>();
        using var optimizer = new Frugal([new TrainableParameter("w", weight, 0)], new FrugalOptions { Period = 2 }, (_, count) =>
        {
            chosen.Add(count);
            return [0];
        });
        var moves = new List<float>();
        foreach (var gradient in new[] { 1f, -0.5f, 1f })
        {
            var before = weight[0, 0].item<float>();
            weight.grad = full([1, 4], gradient);
            optimizer.Step(0.1);
            moves.Add(weight[0, 0].item<float>() - before);
        }

        // A first step of AdamW has the size of the rate, whatever came before; the second one mixes both gradients.
        Assert.Equal([1, 1], chosen);
        Assert.Equal(-0.1, moves[0], 1e-6);
        Assert.Equal(-0.1, moves[2], 1e-6);
        Assert.InRange(moves[1], -0.09, 0.09);
    }

    [Fact]
    public void Frugal_draws_the_share_of_its_density_from_its_seed()
    {
        static float[] Trained(ulong seed)
        {
            var weight = zeros(3, 16).requires_grad_();
            using var optimizer = new Frugal([new TrainableParameter("w", weight, 0)], new FrugalOptions { Seed = seed, SignRate = 0 });
            weight.grad = ones(3, 16);
            optimizer.Step(0.1);
            return Arrays.Of(weight[0]);
        }

        Assert.Equal(4, Trained(1).Count(value => value != 0));
        Assert.Equal(Trained(1), Trained(1));
        Assert.NotEqual(Trained(1), Trained(2));
    }

    [Fact]
    public void Slow_weights_follow_with_the_weights_of_the_data()
    {
        var vector = MethodVectors.Of("ilora_ema");
        var fast = tensor(new[] { 0f });
        using var slow = new SlowWeights([KeyValuePair.Create("w", fast)], vector.GetProperty("ema_alpha").GetDouble());
        var expected = 0.0;

        foreach (var step in vector.GetProperty("steps").EnumerateArray())
        {
            Assert.Equal(step.GetProperty("step").GetInt64(), slow.Steps);
            var alpha = step.GetProperty("alpha").GetDouble();
            var value = 3.0 - (2 * slow.Steps);
            fast.fill_(value);
            slow.Update();
            expected = (alpha * expected) + ((1 - alpha) * value);

            Assert.Equal(expected, slow.Values["w"].item<float>(), 1e-6);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new SlowWeights([], limit: 1));
    }

    private static Tensor Vector() => tensor(Arrays.Normal(1, 5)).requires_grad_();

    // Values below four with seven digits, and float32 rounding of two steps.
    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.InRange(Arrays.MaxDifference(expected, actual), 0, MethodVectors.Tolerance);
}
