using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>Every module that is listed as trainable is trained (section 6.1.6; section 10, defect 2: the reference left its first layer random).</summary>
[Collection<LearnedGroup>]
public sealed class GradientTests(LearnedLab lab)
{
    // A zero factor blocks what lies before it: the residual head is zero at the first step, so the encoder sees a gradient at the second; B of
    // the adapter is zero until it has seen one, so A follows one step later.
    [Theory]
    [InlineData("network", "", 1, new[] { "head.weight", "head.bias" })]
    [InlineData("network", "", 2, new[] { "*" })]
    [InlineData("adapted", "residual", 1, new[] { "head.weight", "head.bias" })]
    [InlineData("adapted", "residual", 2, new[] { "*", "-lora_A" })]
    [InlineData("adapted", "residual", 3, new[] { "*" })]
    [InlineData("adapted", "netllm", 1, new[] { "*", "-lora_A" })]
    [InlineData("adapted", "netllm", 2, new[] { "*" })]
    public async Task Gradients_reach_every_trainable_tensor(string method, string recipe, int step, string[] expected)
    {
        (string, string)[] settings = method == "adapted" ? [("recipe", recipe)] : [];
        using var model = lab.Build(method, settings);
        using var data = await lab.ReadTrainingDataAsync(model, settings);

        var reached = lab.Run(() => Steps(model, data, step));

        var wanted = expected[0] != "*" ? expected
            : expected.Length == 1 ? model.Trainable.Keys
            : model.Trainable.Keys.Where(name => !name.Contains(expected[1][1..], StringComparison.Ordinal));
        Assert.Equal(wanted.Order(StringComparer.Ordinal), reached.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_roll_out_trains_every_tensor_too()
    {
        (string, string)[] settings = [("recipe", "netllm"), ("roll-out", "1")];
        using var model = lab.Build("adapted", settings).Scramble();
        using var data = await lab.ReadTrainingDataAsync(model, settings);

        Assert.Equal(model.Trainable.Keys.Order(StringComparer.Ordinal), lab.Run(() => Step(model, data)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task No_gradient_reaches_the_base()
    {
        using var model = lab.Build("adapted").Scramble();
        using var data = await lab.ReadTrainingDataAsync(model);

        lab.Run(() => Step(model, data));

        Assert.All(lab.Base.Model!.Weights.Tensors.Values, tensor => Assert.True(!tensor.requires_grad && tensor.grad is null));
    }

    private static string[] Steps(LearnedModel model, ITrainingData data, int count)
    {
        for (var step = 1; step < count; step++)
        {
            Step(model, data);
        }

        return Step(model, data);
    }

    // One step of plain gradient descent; returns the names of the tensors whose gradient was not zero.
    private static string[] Step(LearnedModel model, ITrainingData data)
    {
        foreach (var tensor in model.Trainable.Values)
        {
            tensor.grad?.zero_();
        }

        var pass = new TrainingPass(model.Loaded.Base?.Backbone(model.Loaded.Adapter), new Random(1));
        data.Loss(Enumerable.Range(0, 8).ToArray(), pass).backward();
        using var noGradient = no_grad();
        var reached = new List<string>();
        foreach (var (name, tensor) in model.Trainable)
        {
            if (tensor.grad is { } gradient && gradient.abs().max().item<float>() > 0)
            {
                reached.Add(name);
                tensor.sub_(gradient.mul(0.1));
            }
        }

        return [.. reached];
    }
}
