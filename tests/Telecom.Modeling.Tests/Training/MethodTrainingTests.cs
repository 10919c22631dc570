using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Adapters;
using Telecom.Modeling.Tests.Support;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Training;

/// <summary>Every adapter method through the trainer.</summary>
[Collection(OneAtATime.Name)]
public sealed class MethodTrainingTests
{
    public static TheoryData<string> Methods => [.. AdapterSamples.Names];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task One_step_changes_the_answers_and_leaves_the_base_alone(string name)
    {
        await using var session = await StartAsync(name);
        var cancellationToken = TestContext.Current.CancellationToken;
        var before = await session.Executor.RunAsync(() => Answer(session), cancellationToken);

        // One epoch of one step; a metric that always falls keeps its weights.
        using var data = new ToyData(session.Modules) { OnValidate = (call, _) => -call };
        var options = new TrainingOptions { Epochs = 1, BatchSize = 24, LearningRate = 0.01, WarmUp = 0 };
        var outcome = await session.TrainAsync(session.Run(data, options));

        Assert.Equal(1, outcome.Steps);
        await session.Executor.RunAsync(
            () =>
            {
                Assert.NotEqual(before, Answer(session));
                Assert.All(session.Model.Weights.Tensors.Values, weight => Assert.True(weight.grad is null && !weight.requires_grad));
                Assert.Equal(session.Model.Fingerprint, session.Model.Weights.RecomputeFingerprint());
            },
            cancellationToken);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Training_lowers_the_loss_and_repeats_to_the_byte(string name)
    {
        var (first, ratio) = await TrainAsync(name);
        var (second, _) = await TrainAsync(name);

        Assert.Equal(first, second);
        Assert.InRange(ratio, 0, 0.95);
    }

    private static async Task<(byte[] Weights, double LossRatio)> TrainAsync(string name)
    {
        await using var session = await StartAsync(name);
        using var data = new ToyData(session.Modules);
        var outcome = await session.TrainAsync(session.Run(data, new TrainingOptions { Epochs = 4, BatchSize = 6, LearningRate = 0.01 }));
        return (await session.WeightsAsync(), outcome.BestMetric / outcome.InitialMetric);
    }

    // A scale at which one step shows in float32.
    private static Task<ToySession> StartAsync(string name) => ToySession.StartAsync(create: model =>
    {
        var settings = AdapterSamples.Settings with { RankStabilized = name == "rslora", Alpha = 8, Dropout = 0.1 };
        var method = AdapterSamples.Method(name, AdapterSamples.Sites(model.Weights));
        return new Adapter(method, AdapterSamples.Placements(model.Weights, settings), seed: 2);
    });

    private static byte[] Answer(ToySession session)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var tokens = Arrays.Tokens(1, 2, 5, session.Model.Configuration.HiddenSize);
        return Arrays.BytesOf(session.Model.Forward([new ForwardSegment(new Embeddings(tokens), session.Adapter)])[0]);
    }
}
