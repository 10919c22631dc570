using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using static TorchSharp.torch;

namespace Telecom.Modeling.Training;

/// <summary>
/// Builds the adapters that start from measurements of the training data: EVA from the inputs of the layers, LoRA-SB from the gradients of the loss by
/// their weights. One batch at a time, so that serving has its turns in between.
/// </summary>
/// <remarks>
/// Batches, augmentation and numbers follow the seed, so an interrupted run measures the same again. The modules are as they were built, without dropout.
/// Executor thread only.
/// </remarks>
public sealed class MeasuredStart : IDisposable
{
    // 50 batches, as the reference scripts of LoRA-SB take; EVA stops earlier where its components have settled.
    private const int MostBatches = 50;

    private readonly AdapterOptions options;
    private readonly BaseModel model;
    private readonly ITrainingData data;
    private readonly TrainingOptions training;
    private readonly int seed;
    private readonly EvaProbe? probe;
    private readonly Adapter watching;
    private readonly int[] order;
    private int batches;

    /// <param name="options">One of <see cref="AdapterMethods.Measured"/>, its rank, scale and targets.</param>
    /// <param name="model">The base; unchanged.</param>
    /// <param name="data">Examples and loss.</param>
    /// <param name="training">Batch size, learning rate and warm-up of the run to come.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="TelecomException">An option is out of range, or there are no examples.</exception>
    public MeasuredStart(AdapterOptions options, BaseModel model, ITrainingData data, TrainingOptions training, int seed)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        (this.options, this.model, this.data, this.training, this.seed) = (options, model, data, training, seed);
        if (data.Examples == 0)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"There are no training examples: {data.Description}.");
        }

        order = [.. Enumerable.Range(0, data.Examples)];
        new Random(seed).Shuffle(order);
        probe = options.Method == EvaMethod.MethodName ? new EvaProbe(options.Rank) : null;
        watching = new Adapter(probe ?? (IAdapterMethod)new GradientProbe(), Placements(), seed: 0);
    }

    /// <summary>Measures one batch.</summary>
    /// <returns>Whether more are wanted.</returns>
    public bool Advance()
    {
        using var scope = NewDisposeScope();
        var size = Math.Min(training.BatchSize, order.Length);
        var first = (int)((long)batches * size % order.Length);
        var examples = order.AsSpan(first, Math.Min(size, order.Length - first));
        random.manual_seed(seed + batches);
        var pass = new TrainingPass(new AdaptedBackbone(model, watching), new Random(seed + batches));
        batches++;
        if (probe is not null)
        {
            using var noGradient = no_grad();
            data.Loss(examples, pass);
            return batches < MostBatches && !probe.Converged;
        }

        data.Loss(examples, pass).backward();
        return batches < MostBatches && (long)batches * size < order.Length;
    }

    /// <summary>Builds the adapter from what was measured.</summary>
    /// <returns>The adapter; the caller disposes.</returns>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.DataRejected"/>: the batches were too small; <see cref="ErrorCode.BundleInvalid"/>: the rank is above what a layer has.
    /// </exception>
    public Adapter Finish()
    {
        using var scope = NewDisposeScope();
        if (probe is null)
        {
            var gradients = GradientProbe.Collect(watching);
            return new Adapter(new LoraSbMethod(gradients, FirstRate()), Placements(), unchecked((ulong)seed)) { TargetNames = options.Targets };
        }

        using var start = probe.Result();
        var sites = Placements().Select(placement => placement.Site);
        var placements = start.Place(sites, Placements().First().Settings).ToArray();
        return placements.Length > 0
            ? new Adapter(new EvaMethod(start), placements, unchecked((ulong)seed))
            : throw new TelecomException(
                ErrorCode.DataRejected,
                $"Adapter method '{options.Method}' needs batches of at least {probe.Components} tokens at rank {options.Rank}: raise the batch size "
                + "(--set batch=...).");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        watching.Dispose();
        probe?.Dispose();
    }

    private IEnumerable<AdapterPlacement> Placements() => TaskAdapter.Place(options, model.Weights);

    // η = lr / (warm-up · steps): what the first step of an Adam with warm-up moves.
    private double FirstRate()
    {
        var perStep = Math.Min((long)training.BatchSize * training.Accumulation, data.Examples);
        var steps = training.Epochs * ((data.Examples + perStep - 1) / perStep);
        return training.LearningRate / Math.Max(1, training.WarmUp * steps);
    }
}
