using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Datasets.Viewport;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Plugins.Viewport.Windows;
using Telecom.Runtime;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Training;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Training;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>What the tests of the learned methods share: one executor with one thread, the shipped base, and a few generated traces.</summary>
public sealed class LearnedLab : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Data root with 4 generated training traces and 1 trace of each other split, 30 s each.</summary>
    public string Data => Path.Combine(folder.Path, "data");

    internal RuntimeServices Services { get; private set; } = null!;

    internal DeviceExecutor Executor => Services.Executor;

    internal SharedBase Base { get; private set; } = null!;

    /// <summary>64 requests of generated traces, with their futures.</summary>
    internal WindowSet Windows { get; private set; } = null!;

    internal ViewportRequest[] Requests => [.. Enumerable.Range(0, 64).Select(Windows.RequestOf)];

    public async ValueTask InitializeAsync()
    {
        var options = new RuntimeOptions { PluginDirectories = [], StateDirectory = folder.Path, Threads = 1 };
        var executor = await DeviceExecutor.StartAsync("cpu", options.Threads);
        Services = new RuntimeServices(
            options,
            executor,
            new BaseProvider(executor),
            new ModelLoader(executor),
            new BundleCatalog(folder.Path),
            new InferenceEngine(executor, BatchLimits.Of(options), TimeProvider.System),
            new AdapterRegistry(executor, options.Adapters, NullLogger<AdapterRegistry>.Instance),
            FixedCatalog.Shipped,
            TimeProvider.System);
        Base = await Services.Bases.GetAsync(options.Base);
        await new HeadMotionDataset().WriteAsync(Data, new DatasetQuery { Settings = Size(seconds: 30) }, null, CancellationToken.None);
        var traces = new List<ViewportTrace>();
        await foreach (var trace in new HeadMotionDataset().ReadAsync(new() { Split = "train", Settings = Size(seconds: 60) }, CancellationToken.None))
        {
            traces.Add(trace);
        }

        Windows = WindowSet.Cut(traces, new() { History = 10, Horizon = 20, Head = 30, Tail = 60, Step = 13 }, GapPolicy.Keep);
    }

    public async ValueTask DisposeAsync()
    {
        Services.Engine.Dispose();
        await Services.Bases.DisposeAsync();
        await Executor.DisposeAsync();
        folder.Dispose();
    }

    internal T Run<T>(Func<T> work) => Executor.Run(() =>
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return work();
    });

    /// <summary>A learned method with fresh weights on the shipped base.</summary>
    internal LearnedModel Build(string method, params IEnumerable<(string Name, string Value)> settings) => Build(method, Base, settings);

    /// <summary>A learned method with fresh weights.</summary>
    internal LearnedModel Build(string method, SharedBase sharedBase, params IEnumerable<(string Name, string Value)> settings)
    {
        var definition = Benchmarks.Task.MethodDefinition(method);
        var ownBase = definition.Descriptor.Kind == MethodKind.Adapted ? sharedBase : null;
        var (learned, adapter) = Executor.Run(() => Services.Loader.Build(definition, SettingsOf(method, settings), ownBase, seed: 1));
        return new(Executor, new(definition.Descriptor, learned, adapter, ownBase, "test"));
    }

    /// <summary>A bundle, loaded as serving loads it.</summary>
    internal async Task<LearnedModel> LoadAsync(string method, string bundle)
    {
        var definition = Benchmarks.Task.MethodDefinition(method);
        var ownBase = definition.Descriptor.Kind == MethodKind.Adapted ? Base : null;
        return new(Executor, await Services.Loader.LoadAsync(Benchmarks.Task, definition, Bundle.Open(bundle), ownBase, "test"));
    }

    /// <summary>Training data of a method over <see cref="Data"/>.</summary>
    internal ValueTask<ITrainingData> ReadTrainingDataAsync(LearnedModel model, params IEnumerable<(string Name, string Value)> settings) =>
        model.Method.ReadTrainingDataAsync(
            new() { Source = new(FixedCatalog.Shipped, Data, null), Settings = SettingsOf(model.Loaded.Descriptor.Id, settings), Seed = 1 },
            TestContext.Current.CancellationToken);

    /// <summary>One short training run through the host's own session, into a folder that goes away with the laboratory.</summary>
    internal Task<TrainingReport> TrainAsync(string method, int seed, params IEnumerable<(string Name, string Value)> settings)
    {
        var request = new TrainingRequest
        {
            Task = "viewport",
            Method = method,
            Data = Data,
            OutputDirectory = Path.Combine(folder.Path, "trained", Guid.NewGuid().ToString("N")),
            Settings = Pairs([("epochs", "1"), ("batch", "16"), .. settings]),
            Seed = seed,
            Command = "test",
        };
        return new TrainingSession<ViewportRequest, ViewportForecast>(Services, Benchmarks.Task)
            .RunAsync(request, null, TestContext.Current.CancellationToken);
    }

    internal static SettingValues SettingsOf(string method, IEnumerable<(string Name, string Value)> settings) =>
        SettingValues.Create(Benchmarks.Task.Method(method).Settings, Pairs(settings));

    // The last value of a name counts.
    private static Dictionary<string, string> Pairs(IEnumerable<(string Name, string Value)> settings) =>
        settings.GroupBy(pair => pair.Name).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);

    private static Dictionary<string, string> Size(int seconds) => Pairs(
    [
        ("train-videos", "2"), ("train-users", "2"), ("valid-videos", "1"), ("valid-users", "1"), ("test-videos", "1"), ("test-users", "1"),
        ("seconds", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ]);
}
