using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Rest;
using Telecom.Jobs.Storage;
using Telecom.Runtime;

namespace Telecom.Benchmarks;

/// <summary>The host of this process with the fixture plugins, on a free port of loopback and without a base.</summary>
internal sealed class ServedHost : IAsyncDisposable
{
    private readonly DirectoryInfo state;
    private readonly TelecomStore store;
    private readonly PredictionRecorder recorder;
    private readonly WebApplication application;

    private ServedHost(DirectoryInfo state, TelecomRuntime runtime)
    {
        this.state = state;
        Runtime = runtime;
        store = TelecomStore.Open(Path.Combine(state.FullName, "predictions.db"));
        recorder = new(store, new(), TimeProvider.System, NullLogger<PredictionRecorder>.Instance);
        application = HostApplication.Build(
            ServeAddresses.Parse("http://127.0.0.1:0"), runtime, store, recorder, NullLoggerFactory.Instance, TimeProvider.System);
    }

    /// <summary>What serves.</summary>
    public TelecomRuntime Runtime { get; }

    /// <summary>Asks it.</summary>
    public HttpClient Client { get; } = new();

    public static async Task<ServedHost> StartAsync()
    {
        var state = Directory.CreateTempSubdirectory("telecom-benchmarks-");
        var runtime = await TelecomRuntime.StartAsync(
            new RuntimeOptions
            {
                PluginDirectories = [Path.Combine(AppContext.BaseDirectory, "fixtures")],
                StateDirectory = state.FullName,
                Base = "none",
                Device = "cpu",
                Threads = 1,
                WarmUp = true,
                WatchPlugins = true,
            },
            NullLoggerFactory.Instance,
            TimeProvider.System,
            CancellationToken.None);
        var host = new ServedHost(state, runtime);
        await host.application.StartAsync();
        host.Client.BaseAddress = new Uri(host.application.Urls.First());
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
        await recorder.DisposeAsync();
        await store.DisposeAsync();
        await Runtime.DisposeAsync();
        state.Delete(recursive: true);
    }
}
