using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Training;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tests.Tasks.Toys;

/// <summary>The services of a host around toy tasks, with a small base and a state folder of its own.</summary>
internal sealed class ToyHost : IAsyncDisposable
{
    private readonly DirectoryInfo root;
    private readonly List<TaskServer> servers = [];

    private ToyHost(DirectoryInfo root, DeviceExecutor executor, RuntimeOptions options)
    {
        this.root = root;
        Executor = executor;
        var bases = new BaseProvider(executor);
        Engine = new InferenceEngine(executor, BatchLimits.Of(options), TimeProvider.System);
        var bundles = new BundleCatalog(options.StateDirectory);
        Adapters = new AdapterRegistry(executor, options.Adapters, NullLogger<AdapterRegistry>.Instance);
        Services = new RuntimeServices(
            options, executor, bases, new ModelLoader(executor), bundles, Engine, Adapters, new NoDatasets(), TimeProvider.System);
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public ToyLog Log { get; } = new();

    public DeviceExecutor Executor { get; }

    public InferenceEngine Engine { get; }

    public AdapterRegistry Adapters { get; }

    public RuntimeServices Services { get; }

    public string StateFolder => Services.Options.StateDirectory;

    public string PluginFolder => Path.Combine(root.FullName, "plugin");

    /// <param name="configure">Changes the options; null leaves them.</param>
    public static async Task<ToyHost> StartAsync(Func<RuntimeOptions, RuntimeOptions>? configure = null)
    {
        var root = Directory.CreateTempSubdirectory("telecom-toys-");
        var basePath = SaveBase(root.FullName, "small", 1);
        var options = new RuntimeOptions { PluginDirectories = [], StateDirectory = Path.Combine(root.FullName, "state"), Base = basePath };
        return new ToyHost(root, await DeviceExecutor.StartAsync("cpu", threads: 1), configure?.Invoke(options) ?? options);
    }

    /// <summary>Writes another small base.</summary>
    public string SaveBase(string name, ulong seed, int? maxPositions = null) => SaveBase(root.FullName, name, seed, maxPositions);

    /// <summary>A path in this host's folder that does not exist yet.</summary>
    public string Unused(string name) => Path.Combine(root.FullName, name);

    public TaskServer<ToyRequest, ToyAnswer> Server(TaskDefinition<ToyRequest, ToyAnswer> task)
    {
        var server = new TaskServer<ToyRequest, ToyAnswer>(Services, task, PluginFolder);
        servers.Add(server);
        return server;
    }

    /// <summary>A server whose named methods were trained into the state folder.</summary>
    public async Task<TaskServer<ToyRequest, ToyAnswer>> TrainedServerAsync(TaskDefinition<ToyRequest, ToyAnswer> task, params string[] methods)
    {
        var server = Server(task);
        await server.LoadModelsAsync(Token);
        foreach (var method in methods)
        {
            await TrainAsync(server, method);
        }

        return server;
    }

    public static Task<TrainingReport> TrainAsync(
        TaskServer server,
        string method,
        Func<TrainingRequest, TrainingRequest>? configure = null,
        IProgress<ProgressReport>? progress = null,
        CancellationToken? cancellationToken = null)
    {
        var request = new TrainingRequest { Task = server.Definition.Id, Method = method, Command = "telecom train" };
        return server.TrainAsync(configure?.Invoke(request) ?? request, progress, cancellationToken ?? Token);
    }

    public static async Task<PredictionAnswer> PredictAsync(
        TaskServer server, string? method, ToyRequest request, CancellationToken? cancellationToken = null, string? adapter = null) =>
        await server.PredictAsync(
            new PredictionOptions { Method = method, Adapter = adapter },
            JsonSerializer.SerializeToUtf8Bytes(request, ToyJson.Default.ToyRequest),
            cancellationToken ?? Token);

    public static double[] Numbers(PredictionAnswer answer) => JsonSerializer.Deserialize(answer.Output.Span, ToyJson.Default.ToyAnswer)!.Y;

    /// <summary>Keeps the executor busy, so that whatever is submitted meanwhile waits.</summary>
    public Pause PauseExecutor() => new(Executor);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        Engine.Dispose();
        await Adapters.DisposeAsync();
        await Services.Bases.DisposeAsync();
        await Executor.DisposeAsync();
        root.Delete(recursive: true);
    }

    private static string SaveBase(string root, string name, ulong seed, int? maxPositions = null)
    {
        var folder = Path.Combine(root, name);
        var configuration = BaseConfiguration.Nano with
        {
            HiddenSize = 16,
            LayerCount = 2,
            HeadCount = 2,
            KeyValueHeadCount = 2,
            HeadSize = 8,
            FeedForwardSize = 20,
            MaxPositions = maxPositions,
        };
        using var weights = BaseInitializer.Seeded(configuration, seed, name);
        weights.Save(folder);
        return folder;
    }

    /// <summary>An executor that waits until disposal.</summary>
    public sealed class Pause : IDisposable
    {
        private readonly ManualResetEventSlim gate = new();

        public Pause(DeviceExecutor executor) => executor.Post(gate.Wait);

        public void Dispose() => gate.Set();
    }

    private sealed class NoDatasets : IDatasetCatalog
    {
        public IReadOnlyList<IDataset> All => [];

        public IDataset<TRecord> Get<TRecord>(string id) => throw new TelecomException(ErrorCode.NotFound, id);
    }
}
