using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Plugins.Viewport;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Runtime;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Tasks;

namespace Telecom.Benchmarks;

/// <summary>An executor with one thread, the shipped base and the shipped bundles: what serving consists of, without its queue.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private static readonly string PluginsFolder = Path.Combine(AppContext.BaseDirectory, "plugins");

    private readonly BaseProvider bases;

    private Rig(DeviceExecutor executor)
    {
        Executor = executor;
        bases = new BaseProvider(executor);
    }

    public static TaskDefinition<ViewportRequest, ViewportForecast> Task { get; } =
        (TaskDefinition<ViewportRequest, ViewportForecast>)new ViewportTask().Define();

    public DeviceExecutor Executor { get; }

    public SharedBase Base { get; private set; } = null!;

    public static async Task<Rig> StartAsync()
    {
        var rig = new Rig(await DeviceExecutor.StartAsync("cpu", threads: 1));
        rig.Base = await rig.bases.GetAsync("shipped");
        return rig;
    }

    /// <summary>The whole runtime over the staged plugin folders, as the host starts it; one thread.</summary>
    public static Task<TelecomRuntime> StartRuntimeAsync(string stateDirectory) => TelecomRuntime.StartAsync(
        new RuntimeOptions { PluginDirectories = [PluginsFolder], StateDirectory = stateDirectory, Device = "cpu", Threads = 1 },
        NullLoggerFactory.Instance,
        TimeProvider.System,
        CancellationToken.None);

    /// <summary>A method with its shipped weights.</summary>
    public Task<LoadedModel<ViewportRequest, ViewportForecast>> LoadAsync(string method)
    {
        var definition = Task.MethodDefinition(method);
        var bundle = Bundle.Open(Path.Combine(PluginsFolder, "viewport", "model", method));
        return new ModelLoader(Executor).LoadAsync(Task, definition, bundle, definition.Descriptor.Kind == MethodKind.Adapted ? Base : null, "shipped");
    }

    /// <summary>One batch on the executor thread, without queue and lanes.</summary>
    public void RunDirect(LoadedModel<ViewportRequest, ViewportForecast> model, ViewportRequest[] requests) => Executor.Run(() =>
    {
        InferenceEngine.RunAlone(new MethodBatch<ViewportRequest, ViewportForecast>(model, requests));
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await bases.DisposeAsync();
        await Executor.DisposeAsync();
    }
}
