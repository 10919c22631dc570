using System.Text.Json.Nodes;
using Telecom.Modeling.Measurement;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Measurements;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Simulation;
using Telecom.Runtime.Training;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Tensors;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tasks;

/// <summary>One loaded task with its methods and their weights, as code sees it that does not know its types.</summary>
internal abstract class TaskServer : IAsyncDisposable
{
    /// <summary>The task.</summary>
    public abstract TaskDefinition Definition { get; }

    /// <summary>Weights of every learned method.</summary>
    public abstract IReadOnlyList<ModelRecord> Models { get; }

    /// <summary>Loads the bundle of every learned method; a bundle that cannot be loaded leaves its method faulted.</summary>
    public abstract Task LoadModelsAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="IPredictionService.PredictAsync"/>
    public abstract Task<PredictionAnswer> PredictAsync(
        PredictionOptions options, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken);

    /// <inheritdoc cref="ITensorService.PredictAsync"/>
    public abstract Task<TensorAnswer> PredictAsync(
        PredictionOptions options, IReadOnlyList<TensorValue> inputs, CancellationToken cancellationToken);

    /// <inheritdoc cref="IEvaluationService.EvaluateAsync"/>
    public abstract Task<EvaluationReport> EvaluateAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);

    /// <inheritdoc cref="ITrainingService.TrainAsync"/>
    public abstract Task<TrainingReport> TrainAsync(
        TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);

    /// <inheritdoc cref="ISimulationService.SimulateAsync"/>
    public abstract Task<JsonObject> SimulateAsync(
        SimulationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken);

    /// <inheritdoc cref="IMeasurementService.MeasureAsync"/>
    public abstract Task<IReadOnlyList<MeasurementTable>> MeasureAsync(
        IProgress<ProgressReport>? progress, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
