using System.Text;
using Microsoft.Extensions.Logging;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Training;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Native;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Tensors;
using Telecom.Sdk.Training;

namespace Telecom.Runtime;

/// <summary>Plugins, base, executor and models of one process, put together.</summary>
public sealed partial class TelecomRuntime : ITelecomRuntime, IPredictionService, ITensorService, IEvaluationService, ITrainingService
{
    private readonly PluginCatalog catalog;
    private readonly RuntimeServices services;
    private readonly SharedBase sharedBase;
    private readonly AdapterCatalog adapters;
    private readonly Dictionary<string, TaskServer> servers = new(StringComparer.Ordinal);

    private TelecomRuntime(PluginCatalog catalog, RuntimeServices services, SharedBase sharedBase)
    {
        this.catalog = catalog;
        this.services = services;
        this.sharedBase = sharedBase;
        adapters = new AdapterCatalog(
            services.Adapters,
            new AdapterStore(services.Options.StateDirectory),
            sharedBase.Model?.Weights,
            services.Options.RequestTimeout,
            services.Time);
        foreach (var task in catalog.Tasks)
        {
            servers[task.Definition.Id] = task.Definition.Accept(new TaskServerFactory(services, task.Folder));
            services.Engine.Metrics.Of(task.Definition.Id).SetVersion(TensorModel.VersionOf(task.PluginVersion));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskDefinition> Tasks => [.. catalog.Tasks.Select(task => task.Definition)];

    /// <inheritdoc/>
    public IDatasetCatalog Datasets => catalog.Datasets;

    /// <inheritdoc/>
    public IReadOnlyList<PluginStatus> Plugins => [.. catalog.Plugins.Select(Describe).OrderBy(plugin => plugin.Id, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IReadOnlyList<ModelRecord> Models =>
        [.. servers.Values.OrderBy(server => server.Definition.Id, StringComparer.Ordinal).SelectMany(server => server.Models)];

    /// <inheritdoc/>
    public IPredictionService Predictions => this;

    /// <inheritdoc/>
    public ITensorService Tensors => this;

    /// <inheritdoc/>
    public ServingMetrics Metrics => services.Engine.Metrics;

    /// <inheritdoc/>
    public IEvaluationService Evaluations => this;

    /// <inheritdoc/>
    public ITrainingService Trainings => this;

    /// <inheritdoc/>
    public IAdapterService Adapters => adapters;

    /// <inheritdoc/>
    public RuntimeStatus Status
    {
        get
        {
            var faults = Models.Where(model => model.Status == "faulted").Select(model => model.Reason!)
                .Concat(catalog.Plugins.Where(plugin => plugin.State != PluginState.Active).Select(plugin => $"plugin {plugin.Id}: {plugin.Reason}"));
            return new RuntimeStatus
            {
                Device = services.Executor.Device.ToString(),
                BaseName = sharedBase.Name,
                BaseFingerprint = sharedBase.Fingerprint,
                NativeLibrary = NativeRuntime.Report.Summary,
                IsReady = true,
                Reasons = [.. faults],
            };
        }
    }

    /// <summary>Loads plugins, native library, base and bundles.</summary>
    /// <exception cref="Sdk.Errors.TelecomException">The native library, the base or an explicitly named bundle cannot be loaded; never because of a plugin.</exception>
    public static async Task<TelecomRuntime> StartAsync(
        RuntimeOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var executor = await DeviceExecutor.StartAsync(options.Device, options.Threads, options.Native).ConfigureAwait(false);
        try
        {
            var bases = new BaseProvider(executor, options.Precision);
            var sharedBase = await bases.GetAsync(options.Base).ConfigureAwait(false);
            var catalogOptions = new PluginCatalogOptions
            {
                Directories = options.PluginDirectories,
                StateDirectory = options.StateDirectory,
                Base = sharedBase.Model is null ? null : new PluginHostBase("llama", sharedBase.Width, "1.0.0"),
            };
            var catalog = PluginCatalog.Load(catalogOptions, time, loggers.CreateLogger<PluginCatalog>());
            var services = new RuntimeServices(
                options,
                executor,
                bases,
                new ModelLoader(executor),
                new BundleCatalog(options.StateDirectory),
                new InferenceEngine(executor, BatchLimits.Of(options), time),
                new AdapterRegistry(executor, options.Adapters, loggers.CreateLogger<AdapterRegistry>()),
                catalog.Datasets,
                time);
            var runtime = new TelecomRuntime(catalog, services, sharedBase);
            foreach (var server in runtime.servers.Values)
            {
                await server.LoadModelsAsync(cancellationToken).ConfigureAwait(false);
            }

            var logger = loggers.CreateLogger<TelecomRuntime>();
            foreach (var name in runtime.adapters.RegisterAll())
            {
                LogAdapterLeftOut(logger, name);
            }

            if (options.WarmUp)
            {
                await runtime.WarmUpAsync(logger, cancellationToken).ConfigureAwait(false);
            }

            return runtime;
        }
        catch
        {
            await executor.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public TaskDefinition Task(string id) => catalog.Task(id).Definition;

    /// <inheritdoc/>
    public Task<PredictionAnswer> PredictAsync(
        string taskId, PredictionOptions options, ReadOnlyMemory<byte> requestJson, CancellationToken cancellationToken) =>
        Server(taskId).PredictAsync(options, requestJson, cancellationToken);

    /// <inheritdoc/>
    public TensorModel Model(string taskId)
    {
        var task = catalog.Task(taskId);
        var maxRows = Math.Min(task.MaxBatchRows ?? int.MaxValue, services.Options.MaxBatchRows);
        return new TensorModel(taskId, task.PluginVersion, maxRows, task.Definition.Tensors);
    }

    /// <inheritdoc/>
    public Task<TensorAnswer> PredictAsync(
        string taskId, PredictionOptions options, IReadOnlyList<TensorValue> inputs, CancellationToken cancellationToken) =>
        Server(taskId).PredictAsync(options, inputs, cancellationToken);

    /// <inheritdoc/>
    public Task<EvaluationReport> EvaluateAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        Server(request.Task).EvaluateAsync(request, progress, cancellationToken);

    /// <inheritdoc/>
    public Task<TrainingReport> TrainAsync(
        TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        Server(request.Task).TrainAsync(request, progress, cancellationToken);

    /// <summary>Live tensors of the executor thread, for leak checks.</summary>
    public Task<long> CountLiveTensorsAsync(CancellationToken cancellationToken) => services.Executor.CountLiveTensorsAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers.Values)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }

        servers.Clear();
        services.Engine.Dispose();
        await services.Adapters.DisposeAsync().ConfigureAwait(false);
        adapters.Dispose();
        await services.Bases.DisposeAsync().ConfigureAwait(false);
        await services.Executor.DisposeAsync().ConfigureAwait(false);
        await catalog.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WarmUpAsync(ILogger logger, CancellationToken cancellationToken)
    {
        foreach (var server in servers.Values)
        {
            try
            {
                var example = Encoding.UTF8.GetBytes(server.Definition.Example.ToJsonString());
                await server.PredictAsync(PredictionOptions.Default, example, cancellationToken).ConfigureAwait(false);
            }
            catch (TelecomException exception)
            {
                LogWarmUpFailed(logger, server.Definition.Id, exception.Message);
            }
        }
    }

    private static PluginStatus Describe(PluginRecord record) => new()
    {
        Id = record.Id,
        Version = record.Version,
        State = record.State.ToString(),
        Code = record.Error,
        Reason = record.Reason,
        Folder = record.Folder,
        Tasks = record.Tasks,
        Datasets = record.Datasets,
        Since = record.SinceUtc,
    };

    private TaskServer Server(string id) => servers[Task(id).Id];
}
