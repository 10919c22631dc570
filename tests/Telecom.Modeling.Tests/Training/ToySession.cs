using Telecom.Modeling.Adapters;
using Telecom.Modeling.Execution;
using Telecom.Modeling.Forward;
using Telecom.Modeling.Tests.Support;
using Telecom.Modeling.Training;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Training;
using TorchSharp;

namespace Telecom.Modeling.Tests.Training;

/// <summary>A small adapted method, its base and an executor, ready to train.</summary>
internal sealed class ToySession : IAsyncDisposable
{
    private readonly DeviceExecutor executor;

    private ToySession(DeviceExecutor executor, BaseModel model, ToyModules modules, Adapter adapter)
    {
        this.executor = executor;
        Model = model;
        Modules = modules;
        Adapter = adapter;
    }

    public DeviceExecutor Executor => executor;

    public BaseModel Model { get; }

    public ToyModules Modules { get; }

    public Adapter Adapter { get; }

    /// <param name="seed">Seed of the fresh weights.</param>
    /// <param name="create">Builds the adapter; null for plain LoRA with dropout.</param>
    public static async Task<ToySession> StartAsync(int seed = 1, Func<BaseModel, Adapter>? create = null)
    {
        // One thread: the same sums in the same order on every machine.
        var executor = await DeviceExecutor.StartAsync("cpu", threads: 1);
        return await executor.RunAsync(
            () =>
            {
                torch.random.manual_seed(seed);
                var model = SmallBase.Model(SmallBase.Plain);
                var modules = new ToyModules(model.Configuration.HiddenSize);
                foreach (var tensor in modules.state_dict().Values)
                {
                    tensor.DetachFromDisposeScope();
                }

                var options = new AdapterOptions { Rank = 2, Alpha = 4, Dropout = 0.1 };
                return new ToySession(executor, model, modules, create?.Invoke(model) ?? TaskAdapter.Create(options, model.Weights, (ulong)seed));
            },
            CancellationToken.None);
    }

    public TrainingRun Run(ToyData data, TrainingOptions? options = null) => new()
    {
        Modules = Modules,
        Adapter = Adapter,
        Backbone = new AdaptedBackbone(Model, Adapter),
        Data = data,
        Options = options ?? new TrainingOptions { Epochs = 3, BatchSize = 4, LearningRate = 0.02 },
        Seed = 11,
    };

    public Task<TrainingOutcome> TrainAsync(
        TrainingRun run, IProgress<ProgressReport>? progress = null, CancellationToken? cancellationToken = null) =>
        Trainer.RunAsync(executor, run, progress, cancellationToken ?? TestContext.Current.CancellationToken);

    /// <summary>Bytes of everything that training changes.</summary>
    public Task<byte[]> WeightsAsync() => executor.RunAsync(Weights, CancellationToken.None);

    /// <summary>As <see cref="WeightsAsync"/>, on the executor thread.</summary>
    public byte[] Weights()
    {
        var modules = Modules.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal);
        return [.. modules.Concat(Adapter.Saved).SelectMany(pair => Arrays.BytesOf(pair.Value))];
    }

    public async ValueTask DisposeAsync()
    {
        await executor.RunAsync(
            () =>
            {
                Adapter.Dispose();
                Modules.Dispose();
                Model.Dispose();
            },
            CancellationToken.None);
        await executor.DisposeAsync();
    }
}
