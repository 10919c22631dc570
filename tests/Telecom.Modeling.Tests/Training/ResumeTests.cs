using Telecom.Modeling.Adapters;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Modeling.Training;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;

namespace Telecom.Modeling.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class ResumeTests : IDisposable
{
    private const string TensorFile = "checkpoint.safetensors";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(17)]
    public async Task Run_that_was_cancelled_after_a_step_continues_to_the_byte(int step)
    {
        var (expected, whole) = await TrainAsync();
        using var cancellation = new CancellationTokenSource();
        var progress = new SynchronousProgress(report =>
        {
            if (report.Done >= step)
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => TrainAsync(folder.Path, progress: progress, cancellationToken: cancellation.Token));
        var (continued, rest) = await TrainAsync(folder.Path, resume: true);

        Assert.Equal(expected, continued);
        Assert.Equal(
            (whole.InitialMetric, whole.BestMetric, whole.BestEpoch, whole.FinalLoss, whole.Steps),
            (rest.InitialMetric, rest.BestMetric, rest.BestEpoch, rest.FinalLoss, rest.Steps));
    }

    [Theory]
    [InlineData("loca", 12)]
    [InlineData("sora", 5)]
    [InlineData("nola", 5)]
    [InlineData("randlora", 5)]
    [InlineData("dynmole", 5)]
    public async Task Run_of_any_method_continues_to_the_byte(string method, int step)
    {
        // LoCA moves places in steps 10 to 14 of the 48 here.
        var numbers = method switch
        {
            "loca" => new Dictionary<string, double> { ["coefficients"] = 20 },
            "nola" => new() { ["bases"] = 4 },
            _ => [],
        };
        var options = new AdapterOptions { Method = method, MethodOptions = numbers, Rank = 2, Alpha = 4, Dropout = 0.1 };
        var (expected, _) = await TrainAsync(options: options, epochs: 8);
        using var cancellation = new CancellationTokenSource();
        var progress = new SynchronousProgress(report =>
        {
            if (report.Done >= step)
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => TrainAsync(folder.Path, progress: progress, cancellationToken: cancellation.Token, options: options, epochs: 8));
        var (continued, _) = await TrainAsync(folder.Path, resume: true, options: options, epochs: 8);

        Assert.Equal(expected, continued);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Run_that_was_cancelled_in_a_validation_continues_to_the_byte(int validation)
    {
        var (expected, whole) = await TrainAsync();
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TrainAsync(
            folder.Path,
            onValidate: call =>
            {
                if (call == validation)
                {
                    cancellation.Cancel();
                }
            },
            cancellationToken: cancellation.Token));
        var (continued, rest) = await TrainAsync(folder.Path, resume: true);

        Assert.Equal(expected, continued);
        Assert.Equal((whole.BestMetric, whole.FinalLoss, whole.Steps), (rest.BestMetric, rest.FinalLoss, rest.Steps));
    }

    [Fact]
    public async Task Finished_run_gives_the_same_result_again()
    {
        var (expected, whole) = await TrainAsync(folder.Path);

        var (again, outcome) = await TrainAsync(folder.Path, resume: true);

        Assert.Equal(expected, again);
        Assert.Equal((whole.BestMetric, whole.FinalLoss, whole.Steps), (outcome.BestMetric, outcome.FinalLoss, outcome.Steps));
    }

    [Fact]
    public async Task Resuming_without_a_checkpoint_starts_afresh()
    {
        var (expected, _) = await TrainAsync();

        Assert.Equal(expected, (await TrainAsync(folder.Path, resume: true)).Weights);
    }

    [Theory]
    [InlineData("seed", "made with seed 11, this run has seed 12")]
    [InlineData("data", "made on data toy, this run has data another-fing")]
    [InlineData("option", "made with lr=0.02, this run has lr=0.5")]
    [InlineData("setting", "made with history=10, this run has history=20")]
    public async Task Checkpoint_of_another_run_is_refused(string difference, string message)
    {
        await TrainAsync(folder.Path);
        await using var session = await ToySession.StartAsync();
        using var data = new ToyData(session.Modules, fingerprint: difference == "data" ? "another-fingerprint" : "toy");
        var run = Run(session, data, folder.Path) with { Resume = true };
        run = difference switch
        {
            "seed" => run with { Seed = 12 },
            "option" => run with { Options = run.Options with { LearningRate = 0.5 } },
            "setting" => run with { Settings = new Dictionary<string, string> { ["history"] = "20" } },
            _ => run,
        };
        var before = await session.WeightsAsync();
        var live = await session.Executor.CountLiveTensorsAsync(TestContext.Current.CancellationToken);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => session.TrainAsync(run));

        Assert.Equal(ErrorCode.CheckpointInvalid, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("without --resume", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, await session.WeightsAsync());
        Assert.Equal(live, await session.Executor.CountLiveTensorsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Damaged_checkpoint_is_refused_by_name()
    {
        await TrainAsync(folder.Path);
        var bytes = File.ReadAllBytes(folder.File(TensorFile));
        folder.Write(TensorFile, bytes[..^4]);

        var exception = await Assert.ThrowsAnyAsync<TelecomException>(() => TrainAsync(folder.Path, resume: true));

        Assert.Equal(ErrorCode.CheckpointInvalid, exception.Code);
        Assert.Contains(TensorFile, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoint_without_a_state_is_refused()
    {
        await TrainAsync(folder.Path);
        Modeling.Checkpoints.SafetensorsWriter.Write(folder.File(TensorFile), []);

        var exception = await Assert.ThrowsAnyAsync<TelecomException>(() => TrainAsync(folder.Path, resume: true));

        Assert.Contains("is not a training checkpoint", exception.Message, StringComparison.Ordinal);
    }

    private static TrainingRun Run(ToySession session, ToyData data, string? checkpoint) => session.Run(data) with
    {
        CheckpointDirectory = checkpoint,
        Settings = new Dictionary<string, string> { ["history"] = "10" },
    };

    private static async Task<(byte[] Weights, TrainingOutcome Outcome)> TrainAsync(
        string? checkpoint = null,
        bool resume = false,
        Action<int>? onValidate = null,
        IProgress<ProgressReport>? progress = null,
        CancellationToken? cancellationToken = null,
        AdapterOptions? options = null,
        int epochs = 3)
    {
        await using var session = await ToySession.StartAsync(
            create: options is null ? null : model => TaskAdapter.Create(options, model.Weights, seed: 1));
        using var data = new ToyData(session.Modules)
        {
            OnValidate = (call, metric) =>
            {
                onValidate?.Invoke(call);
                return metric;
            },
        };
        var run = Run(session, data, checkpoint);
        run = run with { Resume = resume, Options = run.Options with { Epochs = epochs } };
        var outcome = await session.TrainAsync(run, progress, cancellationToken);
        return (await session.WeightsAsync(), outcome);
    }
}
