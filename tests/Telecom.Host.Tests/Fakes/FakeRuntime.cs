using System.Globalization;
using System.Text.Json;
using Telecom.Runtime;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Measurements;
using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Simulation;
using Telecom.Runtime.Training;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Host.Tests.Fakes;

/// <summary>Answers what a test told it to.</summary>
internal sealed class FakeRuntime : ITelecomRuntime, IPredictionService, IEvaluationService, ITrainingService
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private int predictions;
    private int waiting;

    public FakeDatasets FakeDatasets { get; } = new();

    public Func<EvaluationRequest, CancellationToken, EvaluationReport> Evaluate { get; init; } = (_, _) => throw new NotSupportedException();

    public Func<TrainingRequest, CancellationToken, TrainingReport> Train { get; init; } = (_, _) => throw new NotSupportedException();

    public IReadOnlyList<TaskDefinition> Tasks { get; init; } = [new EchoTask().Define()];

    public IDatasetCatalog Datasets => FakeDatasets;

    public IReadOnlyList<PluginStatus> Plugins { get; init; } = [];

    public IReadOnlyList<ModelRecord> Models { get; init; } = [];

    public IPluginService PluginService => throw new NotSupportedException();

    public IAdapterService Adapters => throw new NotSupportedException();

    public IPredictionService Predictions => this;

    public ServingMetrics Metrics => throw new NotSupportedException();

    public ITensorService Tensors => throw new NotSupportedException();

    public IEvaluationService Evaluations => this;

    public ITrainingService Trainings => this;

    public ISimulationService Simulations { get; init; } = null!;

    public IMeasurementService Measurements { get; init; } = null!;

    public RuntimeStatus Status { get; init; } =
        new() { Device = "cpu", BaseName = "nano", BaseFingerprint = "ab", NativeLibrary = "libtorch", IsReady = true, Reasons = [] };

    /// <summary>How the latest prediction was asked for.</summary>
    public PredictionOptions? LastOptions { get; private set; }

    /// <summary>What predictions wait for.</summary>
    public Task Gate { get; init; } = System.Threading.Tasks.Task.CompletedTask;

    /// <summary>Predictions that came as far as <see cref="Gate"/>.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    public bool IsDisposed { get; private set; }

    public TaskDefinition Task(string id) =>
        Tasks.FirstOrDefault(task => task.Id == id) ?? throw new TelecomException(ErrorCode.NotFound, $"There is no task '{id}'.");

    public async Task<PredictionAnswer> PredictAsync(
        string taskId, PredictionOptions options, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken)
    {
        LastOptions = options;
        Interlocked.Increment(ref waiting);
        await Gate;
        var task = (TaskDefinition<EchoRequest, EchoAnswer>)Task(taskId);
        var request = task.Codec.Read(requestJson.Span);
        if (request.X < 0)
        {
            throw new InvalidInputException("/x", "must not be negative.");
        }

        return new PredictionAnswer
        {
            Id = Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"01959d8c-0000-7000-8000-{Interlocked.Increment(ref predictions):D12}")),
            Task = taskId,
            Method = options.Method ?? task.DefaultMethod.Id,
            Bundle = null,
            Base = null,
            Adapter = options.Adapter,
            CreatedAt = Now,
            ElapsedMs = 0.5,
            Output = JsonSerializer.SerializeToUtf8Bytes(new EchoAnswer(2 * request.X), EchoJson.Default.EchoAnswer),
            Fallback = null,
        };
    }

    public Task<EvaluationReport> EvaluateAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Task.FromResult(Evaluate(request, cancellationToken));

    public Task<TrainingReport> TrainAsync(TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        System.Threading.Tasks.Task.FromResult(Train(request, cancellationToken));

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
