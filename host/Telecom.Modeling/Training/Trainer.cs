using System.Diagnostics;
using System.Globalization;
using Telecom.Modeling.Execution;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>
/// Trains a method's modules and adapter with AdamW and keeps the weights with the lowest validation metric. Every optimiser step and every validation
/// is one slice of executor work.
/// </summary>
/// <remarks>
/// Randomness is derived from (seed, epoch, step) afresh for every step, so an interrupted run continues exactly where it stopped and two runs with one
/// seed and one thread give identical weights.
/// </remarks>
public sealed class Trainer : IDisposable
{
    private readonly DeviceExecutor executor;
    private readonly TrainingRun run;
    private readonly TrainingWeights weights;
    private readonly AdamW optimizer;
    private readonly TrainingState state;
    private readonly int stepsPerEpoch;
    private double trainingSeconds;
    private long trainedExamples;

    private Trainer(DeviceExecutor executor, TrainingRun run)
    {
        this.executor = executor;
        this.run = run;
        var perStep = run.Options.BatchSize * run.Options.Accumulation;
        stepsPerEpoch = (run.Data.Examples + perStep - 1) / perStep;
        weights = new TrainingWeights(run);
        optimizer = new AdamW(weights.Parameters);
        state = run.Resume && run.CheckpointDirectory is not null && TrainingCheckpoint.Exists(run.CheckpointDirectory)
            ? TrainingCheckpoint.Load(run.CheckpointDirectory, run, weights, optimizer)
            : new TrainingState { Seed = run.Seed, DataFingerprint = run.Data.Fingerprint };
    }

    /// <summary>Runs to the last epoch; on cancellation leaves a checkpoint and throws.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TelecomException">There are no examples, or the loss stopped being finite.</exception>
    public static async Task<TrainingOutcome> RunAsync(
        DeviceExecutor executor, TrainingRun run, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        if (run.Data.Examples == 0)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"There are no training examples: {run.Data.Description}.");
        }

        using var trainer = await executor.RunAsync(() => new Trainer(executor, run), cancellationToken).ConfigureAwait(false);
        try
        {
            return await trainer.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.CheckpointDirectory is not null)
        {
            await executor.RunAsync(trainer.SaveCheckpoint, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        weights.Dispose();
    }

    private async Task<TrainingOutcome> RunAsync(IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        if (state.InitialMetric is null)
        {
            await executor.RunAsync(() => Validate(epoch: 0, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        var total = (long)run.Options.Epochs * stepsPerEpoch;
        while (state.Epoch < run.Options.Epochs)
        {
            while (state.StepInEpoch < stepsPerEpoch)
            {
                await executor.RunAsync(Step, cancellationToken).ConfigureAwait(false);
                progress?.Report(new ProgressReport("training", state.Steps, total, Detail()));
            }

            await executor.RunAsync(() => Validate(state.Epoch + 1, cancellationToken), cancellationToken).ConfigureAwait(false);
            FinalLoss = state.LossSum / state.LossCount;
            (state.Epoch, state.StepInEpoch, state.LossSum, state.LossCount) = (state.Epoch + 1, 0, 0, 0);
            progress?.Report(new ProgressReport("training", state.Steps, total, Detail()));
            await executor.RunAsync(SaveCheckpoint, cancellationToken).ConfigureAwait(false);
        }

        await executor.RunAsync(weights.RestoreBest, cancellationToken).ConfigureAwait(false);
        return new TrainingOutcome(
            state.InitialMetric!.Value,
            state.BestMetric!.Value,
            state.BestEpoch,
            FinalLoss,
            state.Steps,
            watch.Elapsed.TotalSeconds,
            trainedExamples / Math.Max(trainingSeconds, 1e-9));
    }

    private double FinalLoss { get; set; }

    private void Step()
    {
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        var order = EpochOrder();
        var randomSeed = HashSeed(state.Epoch, state.StepInEpoch);
        torch.random.manual_seed(randomSeed);
        var pass = new TrainingPass(run.Backbone, new Random(randomSeed));
        optimizer.ZeroGradients();
        weights.SetTraining(true);
        var perStep = run.Options.BatchSize * run.Options.Accumulation;
        var slice = order.AsSpan(state.StepInEpoch * perStep, Math.Min(perStep, order.Length - (state.StepInEpoch * perStep)));
        for (var start = 0; start < slice.Length; start += run.Options.BatchSize)
        {
            using var forwardScope = NewDisposeScope();
            var batch = slice.Slice(start, Math.Min(run.Options.BatchSize, slice.Length - start));
            var loss = run.Data.Loss(batch, pass);

            // Weighting by size makes the accumulated gradient the mean over all examples of the step, also in a short last batch.
            loss.mul((double)batch.Length / slice.Length).backward();
            state.LossSum += CheckFinite(loss.item<float>());
            state.LossCount++;
        }

        optimizer.ClipGradients(run.Options.ClipNorm);
        optimizer.Step(LearningRate());
        weights.SetTraining(false);
        state.Steps++;
        state.StepInEpoch++;
        trainedExamples += slice.Length;
        trainingSeconds += watch.Elapsed.TotalSeconds;
    }

    private void Validate(int epoch, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var metric = run.Data.Validate(new TrainingPass(run.Backbone, new Random(run.Seed)), cancellationToken);
        state.InitialMetric ??= metric;
        LastMetric = metric;
        if (state.BestMetric is null || metric < state.BestMetric)
        {
            state.BestMetric = metric;
            state.BestEpoch = epoch;
            weights.KeepAsBest();
        }
    }

    private double LastMetric { get; set; } = double.NaN;

    private void SaveCheckpoint()
    {
        if (run.CheckpointDirectory is not null)
        {
            TrainingCheckpoint.Save(run.CheckpointDirectory, state, weights, optimizer);
        }
    }

    // Linear warm-up from 0, then constant or half a cosine down to 0.
    private double LearningRate()
    {
        var total = (double)run.Options.Epochs * stepsPerEpoch;
        var warmUp = Math.Max(1.0, run.Options.WarmUp * total);
        if (state.Steps < warmUp)
        {
            return run.Options.LearningRate * (state.Steps + 1) / warmUp;
        }

        var phase = (state.Steps - warmUp) / Math.Max(1.0, total - warmUp);
        return run.Options.Cosine ? run.Options.LearningRate * 0.5 * (1.0 + Math.Cos(Math.PI * phase)) : run.Options.LearningRate;
    }

    private int[] EpochOrder()
    {
        var order = Enumerable.Range(0, run.Data.Examples).ToArray();
        new Random(HashSeed(state.Epoch, -1)).Shuffle(order);
        return order;
    }

    // A fixed integer mix: HashCode.Combine differs from process to process.
    private int HashSeed(int epoch, int step)
    {
        var mixed = new Bases.SplitMix64(unchecked(((ulong)(uint)run.Seed << 32) ^ ((ulong)(uint)epoch << 20) ^ (uint)step)).Next();
        return (int)(mixed & 0x7FFFFFFF);
    }

    private double CheckFinite(float loss) =>
        float.IsFinite(loss)
            ? loss
            : throw new TelecomException(
                ErrorCode.PluginFault,
                $"The training loss is {loss} at epoch {state.Epoch}, step {state.StepInEpoch}: lower the learning rate (--set lr=…) or the clip (--set clip=…).");

    private string Detail()
    {
        var loss = state.LossCount > 0 ? state.LossSum / state.LossCount : FinalLoss;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {Math.Min(state.Epoch + 1, run.Options.Epochs)}/{run.Options.Epochs}, loss {loss:F4}, {run.Data.MetricName} {LastMetric:F3}, best {state.BestMetric:F3}");
    }
}
