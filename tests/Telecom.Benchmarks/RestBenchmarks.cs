using System.Net.Http.Headers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Host.Rest;
using Telecom.Jobs.Storage;
using Telecom.Runtime;
using Telecom.Runtime.Serving;

namespace Telecom.Benchmarks;

/// <summary>What HTTP and the store add to a prediction: the same request over Kestrel on loopback and as a bare call of the same runtime.</summary>
#pragma warning disable CA1001 // BenchmarkDotNet calls the clean-up, never Dispose.
public class RestBenchmarks
#pragma warning restore CA1001
{
    private DirectoryInfo state = null!;
    private TelecomRuntime runtime = null!;
    private TelecomStore store = null!;
    private PredictionRecorder recorder = null!;
    private Microsoft.AspNetCore.Builder.WebApplication application = null!;
    private HttpClient client = null!;
    private ReadOnlyMemory<byte> document;

    [Params("hold", "adapted")]
    public string Method { get; set; } = string.Empty;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        state = Directory.CreateTempSubdirectory("telecom-benchmarks-");
        document = Heads.Documents(1)[0];
        runtime = await Rig.StartRuntimeAsync(state.FullName);
        store = TelecomStore.Open(Path.Combine(state.FullName, "predictions.db"));
        recorder = new PredictionRecorder(store, new(), TimeProvider.System, NullLogger<PredictionRecorder>.Instance);
        application = HostApplication.Build(
            ServeAddresses.Parse("http://127.0.0.1:0"), runtime, store, recorder, NullLoggerFactory.Instance, TimeProvider.System);
        await application.StartAsync();
        client = new HttpClient { BaseAddress = new Uri(application.Urls.First()) };
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        client.Dispose();
        await application.StopAsync();
        await application.DisposeAsync();
        await recorder.DisposeAsync();
        await store.DisposeAsync();
        await runtime.DisposeAsync();
        state.Delete(recursive: true);
    }

    [Benchmark(Baseline = true)]
    public Task<int> BareCall() => BareCallAsync();

    [Benchmark]
    public Task<int> HttpRoundTrip() => HttpRoundTripAsync();

    private async Task<int> BareCallAsync() => (await runtime.PredictAsync("viewport", new PredictionOptions { Method = Method }, document, CancellationToken.None)).Output.Length;

    private async Task<int> HttpRoundTripAsync()
    {
        using var content = new ReadOnlyMemoryContent(document);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync(new Uri($"/api/v1/tasks/viewport/predictions?method={Method}", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }
}
