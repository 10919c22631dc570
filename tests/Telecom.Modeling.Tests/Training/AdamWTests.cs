using Telecom.Modeling.Tests.Support;
using Telecom.Modeling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Training;

public sealed class AdamWTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Two_steps_equal_those_computed_by_hand()
    {
        var weight = Weight(1);
        using var optimizer = new AdamW([new TrainableParameter("w", weight, 0.01)]);

        weight.grad = tensor(new[] { 0.5f });
        optimizer.Step(0.1);
        var first = weight.item<float>();
        weight.grad = tensor(new[] { -0.2f });
        optimizer.Step(0.1);

        // t = 1: w = 0.999, m^ = 0.5, v^ = 0.25; t = 2: w = 0.899 * 0.999, m^ = 0.025 / 0.19, v^ = 0.00028975 / 0.001999.
        // Each step rounds w to float32, 6e-8.
        Assert.Equal(0.899000002, first, 2e-7);
        Assert.Equal(0.8635404181, weight.item<float>(), 2e-7);
        Assert.Equal(2, optimizer.Steps);
    }

    [Fact]
    public void Parameter_with_a_rate_of_its_own_moves_by_it()
    {
        var (a, b) = (Weight(1), Weight(1));
        using var optimizer = new AdamW([new TrainableParameter("a", a, 0.5), new TrainableParameter("b", b, 0.5, RateRatio: 16)]);

        a.grad = tensor(new[] { 0.5f });
        b.grad = tensor(new[] { 0.5f });
        optimizer.Step(0.001);

        // The first step is the rate itself, after decay by rate times decay: 1 - 0.0005 - 0.001, and 1 - 0.008 - 0.016.
        Assert.Equal(0.9985, a.item<float>(), 1e-6);
        Assert.Equal(0.976, b.item<float>(), 1e-6);
    }

    [Fact]
    public void Twenty_steps_equal_those_of_libtorchs_own()
    {
        const double Decay = 0.05;
        var (ours, theirs) = (Weight(Arrays.Normal(1, 12)), Weight(Arrays.Normal(1, 12)));
        using var optimizer = new AdamW([new TrainableParameter("w", ours, Decay)]);
        var reference = optim.AdamW([new TorchSharp.Modules.Parameter(theirs)], lr: 0.01, weight_decay: Decay);

        for (var step = 0; step < 20; step++)
        {
            var gradient = tensor(Arrays.Normal((ulong)(100 + step), 12));
            ours.grad = gradient.clone();
            reference.parameters().Single().grad = gradient.clone();
            optimizer.Step(0.01);
            reference.step();
        }

        Assert.InRange(Arrays.MaxDifference(ours, reference.parameters().Single()), 0, 1e-6);
        Assert.True(Arrays.MaxDifference(ours, tensor(Arrays.Normal(1, 12))) > 0.05);
    }

    [Fact]
    public void Clipping_scales_the_joint_norm_of_all_gradients()
    {
        var (a, b) = (Weight(1), Weight(1, 2));
        using var optimizer = new AdamW([new TrainableParameter("a", a, 0), new TrainableParameter("b", b, 0)]);
        a.grad = tensor(new[] { 3f });
        b.grad = tensor(new[] { 0f, -4f });

        var norm = optimizer.ClipGradients(1);

        // (3, 0, -4) has norm 5.
        Assert.Equal(5, norm, 1e-6);
        Assert.Equal(0.6f, a.grad!.item<float>(), 1e-6f);
        Assert.InRange(Arrays.MaxDifference([0f, -0.8f], Arrays.Of(b.grad!)), 0, 1e-6);
        Assert.Equal(1, optimizer.ClipGradients(5), 1e-6);
    }

    [Theory]
    [InlineData(5.001)]
    [InlineData(0)]
    public void Gradients_within_the_limit_and_without_one_stay_as_they_are(double limit)
    {
        var weight = Weight(1, 2);
        using var optimizer = new AdamW([new TrainableParameter("w", weight, 0)]);
        weight.grad = tensor(new[] { 3f, -4f });

        optimizer.ClipGradients(limit);

        Assert.Equal([3f, -4f], Arrays.Of(weight.grad!));
    }

    [Fact]
    public void Parameter_without_gradient_stays_as_it_is()
    {
        var (used, unused) = (Weight(1), Weight(1));
        using var optimizer = new AdamW([new TrainableParameter("used", used, 0.1), new TrainableParameter("unused", unused, 0.1)]);
        used.grad = tensor(new[] { 1f });

        optimizer.Step(0.1);
        optimizer.ForgetGradients();

        Assert.Equal(1f, unused.item<float>());
        Assert.NotEqual(1f, used.item<float>());
        Assert.Null(used.grad);
        Assert.Equal(0, optimizer.ClipGradients(1));
    }

    [Fact]
    public void Moments_have_names_and_are_freed()
    {
        var weight = Weight(1);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var optimizer = new AdamW([new TrainableParameter("w", weight, 0)]);

        Assert.Equal(["first.w", "second.w"], optimizer.Moments.Select(moment => moment.Key));
        optimizer.Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Tensor Weight(params float[] values) => tensor(values).requires_grad_();
}
