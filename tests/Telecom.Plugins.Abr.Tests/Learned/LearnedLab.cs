using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Datasets.Abr;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Runtime;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Training;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>What the tests of the learned policies share: one executor with one thread, the shipped base, and a few generated traces.</summary>
public sealed class LearnedLab : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Data root with 3 generated training traces and 2 of each other split.</summary>
    public string Data => Path.Combine(folder.Path, "data");

    internal RuntimeServices Services { get; private set; } = null!;

    internal SharedBase Base { get; private set; } = null!;

    /// <summary>Generated traces that no training saw.</summary>
    internal LinkTimeline[] Links { get; private set; } = null!;

    internal PlayableVideo Video { get; private set; } = null!;

    private DeviceExecutor Executor => Services.Executor;

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
        var size = Pairs([("train-traces", "3"), ("valid-traces", "2"), ("test-traces", "2")]);
        await new SynthDataset().WriteAsync(Data, new DatasetQuery { Settings = size }, null, CancellationToken.None);
        Links = [.. await new SynthDataset().ReadAsync(new() { Split = "test", Settings = size }, CancellationToken.None)
            .Select(trace => new LinkTimeline(trace)).ToListAsync()];
        Video = await Samples.SampleVideoAsync();
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

    /// <summary>Sessions that were played up to a chunk with mpc, and can go on.</summary>
    internal PlaySession[] Played(int chunks, int count = 6) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var session = new PlaySession(new(Links[i % Links.Length], Video, 1 + i, i), AbrProfile.NetLlm, seed: 1);
            session.Step(0);
            while (session.State.Chunk < chunks)
            {
                session.Step(Samples.Policy("mpc").Decide(session.Point));
            }

            return session;
        }),
    ];

    /// <summary>A learned policy with fresh weights, and the range of rewards that training would have written.</summary>
    internal LearnedModel Build(string method, params IEnumerable<(string Name, string Value)> settings)
    {
        var definition = Benchmarks.Task.MethodDefinition(method);
        var ownBase = definition.Descriptor.Kind == MethodKind.Adapted ? Base : null;
        var values = SettingsOf(method, [("r-min", "-4"), ("r-max", "4.3"), ("max-return", "0.03"), .. settings]);
        var (learned, adapter) = Executor.Run(() => Services.Loader.Build(definition, values, ownBase, seed: 1));
        return new(Executor, new(definition.Descriptor, learned, adapter, ownBase, "test"));
    }

    /// <summary>A bundle, loaded as serving loads it.</summary>
    internal async Task<LearnedModel> LoadAsync(string method, string bundle)
    {
        var definition = Benchmarks.Task.MethodDefinition(method);
        var ownBase = definition.Descriptor.Kind == MethodKind.Adapted ? Base : null;
        return new(Executor, await Services.Loader.LoadAsync(Benchmarks.Task, definition, Bundle.Open(bundle), ownBase, "test"));
    }

    /// <summary>One short training run through the host's own session, into a folder that goes away with the laboratory.</summary>
    internal Task<TrainingReport> TrainAsync(string method, int seed, params IEnumerable<(string Name, string Value)> settings)
    {
        var request = new TrainingRequest
        {
            Task = "abr",
            Method = method,
            Data = Data,
            OutputDirectory = Path.Combine(folder.Path, "trained", Guid.NewGuid().ToString("N")),
            Settings = Pairs([.. Small(method), .. settings]),
            Seed = seed,
            Command = "test",
        };
        return new TrainingSession<AbrRequest, AbrDecision>(Services, Benchmarks.Task).RunAsync(request, null, TestContext.Current.CancellationToken);
    }

    /// <summary>Path of a file that goes away with the laboratory.</summary>
    internal string NewFile() => Path.Combine(folder.Path, Guid.NewGuid().ToString("N"));

    internal static SettingValues SettingsOf(string method, IEnumerable<(string Name, string Value)> settings) =>
        SettingValues.Create(Benchmarks.Task.Method(method).Settings, Pairs(settings));

    // Seconds instead of minutes.
    private static (string, string)[] Small(string method) =>
    [
        ("video", "sample"), ("epochs", "1"), ("batch", "8"), ("starts", "1"), ("windows", "48"), ("window", "4"), ("features", "16"),
        .. method == "adapted" ? [("rank", "4"), ("alpha", "4")] : Array.Empty<(string, string)>(),
    ];

    // The last value of a name counts.
    private static Dictionary<string, string> Pairs(IEnumerable<(string Name, string Value)> settings) =>
        settings.GroupBy(pair => pair.Name).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
}
