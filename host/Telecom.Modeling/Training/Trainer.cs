using System.Diagnostics;
using System.Globalization;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Execution;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>
/// Trains a method's modules and adapter with AdamW and keeps the weights with the best validation metric. Every optimiser step and every
/// validation is one slice of executor work.
/// </summary>
/// <remarks>
/// Randomness is derived from (seed, epoch, step) afresh for every step, so an interrupted run continues exactly where it stopped and two runs with
/// one seed and one thread give identical weights.
/// </remarks>
public sealed class Trainer : IDisposable
{
    // Beside the steps of an epoch, which count from 0. Every validation draws the same numbers, so that its metrics compare.
    private const int ShuffleStep = -1;
    private const int ValidationStep = -2;

    private readonly DeviceExecutor executor;
    private readonly TrainingRun run;
    private readonly TrainingWeights weights;
    private readonly AdamW optimizer;
    private readonly TrainingState state;
    private readonly LearningRateSchedule schedule;
    private readonly int examplesPerStep;
    private readonly int stepsPerEpoch;
    private int[] order = [];
    private int orderedEpoch = -1;
    private double trainingSeconds;
    private long trainedExamples;

    private Trainer(DeviceExecutor executor, TrainingRun run)
    {
        this.executor = executor;
        this.run = run;
        examplesPerStep = (int)Math.Min((long)run.Options.BatchSize * run.Options.Accumulation, run.Data.Examples);
        stepsPerEpoch = (run.Data.Examples + examplesPerStep - 1) / examplesPerStep;
        schedule = new LearningRateSchedule(run.Options, TotalSteps);
        weights = new TrainingWeights(run);
        optimizer = new AdamW(weights.Parameters);
        try
        {
            state = run.Resume && run.CheckpointDirectory is not null && TrainingCheckpoint.Exists(run.CheckpointDirectory)
                ? TrainingCheckpoint.Load(run.CheckpointDirectory, run, weights, optimizer)
                : new TrainingState { Seed = run.Seed, DataFingerprint = run.Data.Fingerprint, Settings = run.AllSettings() };
            run.Adapter?.Accept();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private string Here => $"in epoch {state.Epoch + 1}, step {state.StepInEpoch + 1}";

    private long TotalSteps => (long)run.Options.Epochs * stepsPerEpoch;

    /// <summary>Runs to the last epoch; on cancellation leaves a checkpoint and throws.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.DataRejected"/>: there are no examples. <see cref="ErrorCode.PluginFault"/>: loss, gradient or metric is not finite, or
    /// the loss depends on no weight. <see cref="ErrorCode.CheckpointInvalid"/>: the checkpoint belongs to another run.
    /// </exception>
    public static async Task<TrainingOutcome> RunAsync(
        DeviceExecutor executor, TrainingRun run, IProgress<ProgressReport>? progress, CancellationToken cancellationToken)
    {
        if (run.Data.Examples == 0)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"There are no training examples: {run.Data.Description}.");
        }

        var trainer = await executor.RunAsync(() => new Trainer(executor, run), cancellationToken).ConfigureAwait(false);
        try
        {
            return await trainer.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (run.CheckpointDirectory is not null)
        {
            await executor.RunAsync(trainer.SaveCheckpoint, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await executor.RunAsync(trainer.Dispose, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Releases moments and copies. Executor thread only.</summary>
    public void Dispose()
    {
        optimizer.ForgetGradients();
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

        while (state.Epoch < run.Options.Epochs)
        {
            while (state.StepInEpoch < stepsPerEpoch)
            {
                await executor.RunAsync(Step, cancellationToken).ConfigureAwait(false);
                Report(progress);
            }

            await executor.RunAsync(() => Validate(state.Epoch + 1, cancellationToken), cancellationToken).ConfigureAwait(false);
            state.EndEpoch();
            Report(progress);
            await executor.RunAsync(SaveCheckpoint, CancellationToken.None).ConfigureAwait(false);
        }

        await executor.RunAsync(weights.RestoreBest, CancellationToken.None).ConfigureAwait(false);
        return new TrainingOutcome(
            state.InitialMetric!.Value,
            state.BestMetric!.Value,
            state.BestEpoch,
            state.EpochLoss!.Value,
            state.Steps,
            watch.Elapsed.TotalSeconds,
            trainedExamples / Math.Max(trainingSeconds, 1e-9),
            state.Curve);
    }

    private void Step()
    {
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        var seed = Seed(state.Epoch, state.StepInEpoch);
        random.manual_seed(seed);
        weights.SetTraining(true);
        optimizer.ForgetGradients();
        var step = new AdapterStep(state.Steps, TotalSteps);
        run.Adapter?.BeforeStep(step);
        var examples = ExamplesOfStep();
        var loss = Accumulate(examples, new TrainingPass(run.Backbone, new Random(seed)));
        RequireFinite("gradient norm", optimizer.ClipGradients(run.Options.ClipNorm), Here);
        optimizer.Step(schedule.At(state.Steps));
        run.Adapter?.AfterStep(step);
        weights.SetTraining(false);
        state.LossSum += loss;
        state.LossCount += examples.Length;
        state.Steps++;
        state.StepInEpoch++;
        trainedExamples += examples.Length;
        trainingSeconds += watch.Elapsed.TotalSeconds;
    }

    /// <returns>Sum of the losses of all examples.</returns>
    private double Accumulate(ReadOnlySpan<int> examples, TrainingPass pass)
    {
        var sum = 0.0;
        for (var start = 0; start < examples.Length; start += run.Options.BatchSize)
        {
            using var scope = NewDisposeScope();
            var batch = examples.Slice(start, Math.Min(run.Options.BatchSize, examples.Length - start));
            var loss = run.Data.Loss(batch, pass);
            if (!loss.requires_grad || loss.numel() != 1)
            {
                throw new TelecomException(
                    ErrorCode.PluginFault, "The training loss must be one number that depends on the weights: the method returned another tensor.");
            }

            if (run.Adapter?.TakeLoss() is { } own)
            {
                loss = loss.Plus(own);
            }

            sum += RequireFinite("training loss", loss.item<float>(), Here) * batch.Length;

            // Weighting by size makes the accumulated gradient the mean over all examples of the step, also in a short last batch.
            loss.Times((double)batch.Length / examples.Length).backward();
        }

        return sum;
    }

    private void Validate(int epoch, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var seed = Seed(0, ValidationStep);
        random.manual_seed(seed);
        weights.SetTraining(false);
        var metric = RequireFinite(
            $"validation metric {run.Data.MetricName}",
            run.Data.Validate(new TrainingPass(run.Backbone, new Random(seed)), cancellationToken),
            epoch == 0 ? "before the first step" : $"after epoch {epoch}");
        state.InitialMetric ??= metric;
        state.LastMetric = metric;
        state.Curve.Add(new(epoch, state.Steps, epoch == 0 ? null : state.ShownLoss(), metric));
        if (state.BestMetric is not { } best || (run.Data.LowerIsBetter ? metric < best : metric > best))
        {
            state.BestMetric = metric;
            state.BestEpoch = epoch;
            weights.KeepAsBest();
        }
    }

    private void SaveCheckpoint()
    {
        if (run.CheckpointDirectory is not null)
        {
            TrainingCheckpoint.Save(run.CheckpointDirectory, state, weights, optimizer);
        }
    }

    private ReadOnlySpan<int> ExamplesOfStep()
    {
        if (orderedEpoch != state.Epoch)
        {
            order = [.. Enumerable.Range(0, run.Data.Examples)];
            new Random(Seed(state.Epoch, ShuffleStep)).Shuffle(order);
            orderedEpoch = state.Epoch;
        }

        var start = state.StepInEpoch * examplesPerStep;
        return order.AsSpan(start, Math.Min(examplesPerStep, order.Length - start));
    }

    // A fixed integer mix: HashCode.Combine differs from process to process.
    private int Seed(int epoch, int step)
    {
        var mixed = new Bases.SplitMix64(unchecked(((ulong)(uint)run.Seed << 32) ^ ((ulong)(uint)epoch << 20) ^ (uint)step)).Next();
        return (int)(mixed & int.MaxValue);
    }

    private static double RequireFinite(string what, double value, string where) =>
        double.IsFinite(value)
            ? value
            : throw new TelecomException(
                ErrorCode.PluginFault,
                string.Create(
                    CultureInfo.InvariantCulture, $"The {what} is {value} {where}: check the data, or lower the learning rate (--set lr=...)."));

    private void Report(IProgress<ProgressReport>? progress)
    {
        if (progress is not null)
        {
            var epoch = Math.Min(state.Epoch + 1, run.Options.Epochs);
            var detail = string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {epoch}/{run.Options.Epochs}, loss {state.ShownLoss():F4}, "
                + $"{run.Data.MetricName} {state.LastMetric:F3}, best {state.BestMetric:F3}");
            progress.Report(new ProgressReport("training", state.Steps, TotalSteps, detail));
        }
    }
}
