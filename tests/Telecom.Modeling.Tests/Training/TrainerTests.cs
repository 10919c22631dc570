using Telecom.Modeling.Training;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Training;
using TorchSharp;

namespace Telecom.Modeling.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class TrainerTests
{
    [Fact]
    public async Task Training_lowers_loss_and_metric()
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules);
        var progress = new SynchronousProgress();

        var outcome = await session.TrainAsync(
            session.Run(data, new TrainingOptions { Epochs = 30, BatchSize = 8, LearningRate = 0.02, WeightDecay = 0 }), progress);

        Assert.True(outcome.BestMetric < 0.3 * outcome.InitialMetric, $"{outcome.InitialMetric} -> {outcome.BestMetric}");
        Assert.True(outcome.FinalLoss < 0.3 * outcome.InitialMetric, $"{outcome.InitialMetric} -> {outcome.FinalLoss}");
        Assert.Equal(90, outcome.Steps);
        Assert.Equal(90, progress.Reports[^1].Done);
        Assert.All(progress.Reports, report => Assert.Equal(90, report.Total));
        Assert.StartsWith("epoch 30/30, loss ", progress.Reports[^1].Detail, StringComparison.Ordinal);
        Assert.Contains(", mse ", progress.Reports[^1].Detail, StringComparison.Ordinal);
        Assert.True(outcome.ExamplesPerSecond > 0);
    }

    [Fact]
    public async Task Weights_of_the_best_epoch_are_kept_not_the_last()
    {
        double[] metrics = [5, 3, 1, 2, 4];
        await using var session = await ToySession.StartAsync();
        var snapshots = new List<byte[]>();
        using var data = new ToyData(session.Modules)
        {
            OnValidate = (call, _) =>
            {
                snapshots.Add(session.Weights());
                return metrics[call];
            },
        };

        var outcome = await session.TrainAsync(session.Run(data, new TrainingOptions { Epochs = 4, BatchSize = 8 }));

        // The weights hold a counter of training forwards, three per epoch: buffers go back with the weights they belong to.
        Assert.Equal(6, await session.Executor.RunAsync(() => session.Modules.Forwards, TestContext.Current.CancellationToken));
        Assert.Equal(snapshots[2], await session.WeightsAsync());
        Assert.NotEqual(snapshots[4], snapshots[2]);
        Assert.Equal((5, 1, 2), (outcome.InitialMetric, outcome.BestMetric, outcome.BestEpoch));
    }

    [Fact]
    public async Task Run_that_only_gets_worse_gives_the_initial_weights_back()
    {
        await using var session = await ToySession.StartAsync();
        var before = await session.WeightsAsync();
        using var data = new ToyData(session.Modules) { OnValidate = (call, _) => call };

        var outcome = await session.TrainAsync(session.Run(data));

        Assert.Equal(0, outcome.BestEpoch);
        Assert.Equal(before, await session.WeightsAsync());
    }

    [Fact]
    public async Task Accumulated_small_batches_equal_large_ones()
    {
        var options = new TrainingOptions { Epochs = 2, BatchSize = 8, LearningRate = 0.01 };

        // 21 examples: steps of 8, 8 and 5, accumulated as 4 + 4 and 4 + 1. Without dropout and jitter, which draw per forward.
        var large = await TrainPlainAsync(options);
        var small = await TrainPlainAsync(options with { BatchSize = 4, Accumulation = 2 });

        Assert.Equal(large.Length, small.Length);
        Assert.All(large.Zip(small), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public async Task Equal_seeds_give_equal_bytes_and_others_do_not()
    {
        var first = await TrainSeededAsync(11);

        Assert.Equal(first, await TrainSeededAsync(11));
        Assert.NotEqual(first, await TrainSeededAsync(12));
    }

    [Fact]
    public async Task Other_work_gets_its_turn_between_steps()
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules);
        var served = new List<long>();
        var pending = new List<Task>();
        var progress = new SynchronousProgress(_ => pending.Add(
            session.Executor.RunAsync(() => served.Add(data.LossCalls), TestContext.Current.CancellationToken)));

        await session.TrainAsync(session.Run(data), progress);
        await Task.WhenAll(pending);

        // Posted after step k, run before step k + 1: 6 steps and the end of the epoch, three times.
        Assert.Equal([1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 18], served);
    }

    [Fact]
    public async Task Training_frees_every_tensor_it_made()
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules);
        async Task<long> CountAsync()
        {
            // What serving keeps of the adapter goes when the adapter was written, and a failed run did write it.
            await session.Executor.RunAsync(session.Adapter.Refresh, TestContext.Current.CancellationToken);
            return await session.Executor.CountLiveTensorsAsync(TestContext.Current.CancellationToken);
        }

        await session.TrainAsync(session.Run(data));
        var before = await CountAsync();

        await session.TrainAsync(session.Run(data));
        using var failing = new ToyData(session.Modules) { OnLoss = (_, loss) => loss.mul(float.NaN) };
        await Assert.ThrowsAsync<TelecomException>(() => session.TrainAsync(session.Run(failing)));

        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task No_examples_is_an_error_that_names_the_data()
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules, examples: 0);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => session.TrainAsync(session.Run(data)));

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.Contains("no training examples: toy regression", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loss", "The training loss is NaN in epoch 1, step 3")]
    [InlineData("gradient", "The gradient norm is NaN in epoch 1, step 3")]
    [InlineData("metric", "The validation metric mse is NaN after epoch 1")]
    public async Task Number_that_is_not_finite_ends_the_run_and_is_named(string where, string message)
    {
        await using var session = await ToySession.StartAsync();
        var before = Array.Empty<byte>();
        using var data = new ToyData(session.Modules)
        {
            OnLoss = (call, loss) =>
            {
                before = session.Weights();
                return (where, call) switch
                {
                    ("loss", 2) => loss.mul(float.NaN),

                    // sqrt has an infinite slope at 0, and 0 times infinity is NaN.
                    ("gradient", 2) => loss.mul(0).sqrt(),
                    _ => loss,
                };
            },
            OnValidate = (call, metric) => where == "metric" && call == 1 ? double.NaN : metric,
        };

        var exception = await Assert.ThrowsAsync<TelecomException>(() => session.TrainAsync(session.Run(data)));

        Assert.Equal(ErrorCode.PluginFault, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        if (where != "metric")
        {
            Assert.Equal(before, await session.WeightsAsync());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Loss_that_is_not_one_number_of_the_weights_is_refused(bool isVector)
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules) { OnLoss = (_, loss) => isVector ? loss.expand(2) : loss.detach() };

        var exception = await Assert.ThrowsAsync<TelecomException>(() => session.TrainAsync(session.Run(data)));

        Assert.Equal(ErrorCode.PluginFault, exception.Code);
        Assert.Contains("must be one number that depends on the weights", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<float[]> TrainPlainAsync(TrainingOptions options)
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules, examples: 21) { Jitter = 0 };
        await session.Executor.RunAsync(() => session.Modules.WithoutDropout(), TestContext.Current.CancellationToken);
        var run = session.Run(data, options) with { Adapter = null, Backbone = null };
        await session.TrainAsync(run);
        return await session.Executor.RunAsync(
            () => session.Modules.parameters().SelectMany(parameter => Support.Arrays.Of(parameter)).ToArray(),
            TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> TrainSeededAsync(int seed)
    {
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules);
        await session.TrainAsync(session.Run(data) with { Seed = seed });
        return await session.WeightsAsync();
    }
}
