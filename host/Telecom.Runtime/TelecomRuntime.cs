using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Modeling.Measurement;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Measurements;
using Telecom.Runtime.Models;
using Telecom.Runtime.Plugins;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Simulation;
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
public sealed partial class TelecomRuntime
    : ITelecomRuntime, IPredictionService, ITensorService, IEvaluationService, ITrainingService, ISimulationService, IMeasurementService
{
    private readonly PluginCatalog catalog;
    private readonly RuntimeServices services;
    private readonly SharedBase sharedBase;
    private readonly AdapterCatalog adapters;
    private readonly RouteTable routes;
    private PluginLifecycle? lifecycle;

    private TelecomRuntime(PluginCatalog catalog, RuntimeServices services, RouteTable routes, SharedBase sharedBase)
    {
        this.catalog = catalog;
        this.services = services;
        this.routes = routes;
        this.sharedBase = sharedBase;
        adapters = new AdapterCatalog(
            services.Adapters,
            new AdapterStore(services.Options.StateDirectory),
            sharedBase.Model?.Weights,
            services.Options.RequestTimeout,
            services.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskDefinition> Tasks => [.. catalog.Tasks.Select(task => task.Definition)];

    /// <inheritdoc/>
    public IDatasetCatalog Datasets => catalog.Datasets;

    /// <inheritdoc/>
    public IReadOnlyList<PluginStatus> Plugins => [.. catalog.Plugins.Select(PluginStatus.Of).OrderBy(plugin => plugin.Id, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IReadOnlyList<ModelRecord> Models =>
        [.. routes.Servers.SelectMany(server => server.Models)];

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
    public ISimulationService Simulations => this;

    /// <inheritdoc/>
    public IMeasurementService Measurements => this;

    /// <inheritdoc/>
    public IAdapterService Adapters => adapters;

    /// <inheritdoc/>
    public IPluginService PluginService => lifecycle
        ?? throw new TelecomException(ErrorCode.PluginUnavailable, "Plugins can be changed in a host that serves only: use 'telecom serve'.");

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
                IsReady = routes.Obstacle is null,
                Reasons = routes.Obstacle is { } obstacle ? [obstacle, .. faults] : [.. faults],
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
                HostDirectory = options.HostPluginDirectory,
                Base = sharedBase.Model is null ? null : new PluginHostBase("llama", sharedBase.Width, "1.0.0"),
            };
            var policy = new PluginPolicy(
                PluginTrust.Open(options.StateDirectory, options.HostPluginDirectory), PluginSwitches.Open(options.StateDirectory), time);
            var journal = options.WatchPlugins ? StartJournal(options, policy.Switches) : null;
            var catalog = PluginCatalog.Load(catalogOptions, policy.Check, time, loggers.CreateLogger<PluginCatalog>(), journal);
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
            var routes = new RouteTable(services, catalog);
            var runtime = new TelecomRuntime(catalog, services, routes, sharedBase);
            var logger = loggers.CreateLogger<TelecomRuntime>();
            await runtime.ServeAsync(logger, cancellationToken).ConfigureAwait(false);
            foreach (var name in runtime.adapters.RegisterAll())
            {
                LogAdapterLeftOut(logger, name);
            }

            if (options.WatchPlugins)
            {
                runtime.lifecycle = new(catalog, catalogOptions, routes, policy, time, loggers.CreateLogger<PluginLifecycle>());
                runtime.lifecycle.Watch();
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
        routes.AnswerAsync(taskId, options.Timeout, (server, token) => server.PredictAsync(options, requestJson, token), cancellationToken);

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
        routes.AnswerAsync(taskId, options.Timeout, (server, token) => server.PredictAsync(options, inputs, token), cancellationToken);

    /// <inheritdoc/>
    public Task<EvaluationReport> EvaluateAsync(
        EvaluationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        routes.RunAsync(request.Task, (server, token) => server.EvaluateAsync(request, progress, token), cancellationToken);

    /// <inheritdoc/>
    public Task<TrainingReport> TrainAsync(
        TrainingRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        routes.RunAsync(request.Task, (server, token) => server.TrainAsync(request, progress, token), cancellationToken);

    /// <inheritdoc/>
    public Task<JsonObject> SimulateAsync(SimulationRequest request, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        routes.RunAsync(request.Task, (server, token) => server.SimulateAsync(request, progress, token), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MeasurementTable>> MeasureAsync(
        string taskId, IProgress<ProgressReport>? progress, CancellationToken cancellationToken) =>
        routes.RunAsync(taskId, (server, token) => server.MeasureAsync(progress, token), cancellationToken);

    /// <summary>The thread that computes; who posts to it handles his own failures.</summary>
    internal DeviceExecutor Executor => services.Executor;

    /// <summary>Live tensors of the executor thread, for leak checks.</summary>
    public Task<long> CountLiveTensorsAsync(CancellationToken cancellationToken) => services.Executor.CountLiveTensorsAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (lifecycle is not null)
        {
            await lifecycle.DisposeAsync().ConfigureAwait(false);
        }

        await routes.DisposeServersAsync().ConfigureAwait(false);
        services.Engine.Dispose();
        await services.Adapters.DisposeAsync().ConfigureAwait(false);
        adapters.Dispose();
        await services.Bases.DisposeAsync().ConfigureAwait(false);
        await services.Executor.DisposeAsync().ConfigureAwait(false);
        await catalog.DisposeAsync().ConfigureAwait(false);
        catalog.Journal?.Dispose();
    }

    // Who was running when an earlier process died is not loaded at once.
    private static RestartJournal StartJournal(RuntimeOptions options, PluginSwitches switches)
    {
        var journal = RestartJournal.Start(Path.Combine(options.StateDirectory, "plugins", ".journal"), out var suspects);
        foreach (var suspect in suspects)
        {
            switches.AddCrash(suspect);
        }

        return journal;
    }

    private async Task ServeAsync(ILogger logger, CancellationToken cancellationToken)
    {
        foreach (var entry in catalog.Entries.Where(entry => entry.IsOffered))
        {
            await routes.PrepareAsync(entry, cancellationToken).ConfigureAwait(false);
            routes.Swap(entry, null);
            foreach (var failure in services.Options.WarmUp ? await routes.WarmUpAsync(entry, cancellationToken).ConfigureAwait(false) : [])
            {
                LogWarmUpFailed(logger, failure);
            }
        }
    }
}
