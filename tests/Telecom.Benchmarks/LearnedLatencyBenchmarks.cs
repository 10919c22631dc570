using BenchmarkDotNet.Attributes;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Runtime;
using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;

namespace Telecom.Benchmarks;

/// <summary>Latency of the learned methods: the batch alone on the executor, and whole requests through validation, lanes and batching.</summary>
public class LearnedLatencyBenchmarks
{
    private DirectoryInfo state = null!;
    private Rig rig = null!;
    private TelecomRuntime runtime = null!;
    private LoadedModel<ViewportRequest, ViewportForecast> model = null!;
    private ViewportRequest[] requests = [];
    private ReadOnlyMemory<byte>[] documents = [];

    [Params("network", "adapted")]
    public string Method { get; set; } = string.Empty;

    [Params(1, 32)]
    public int Rows { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        state = Directory.CreateTempSubdirectory("telecom-benchmarks-");
        rig = await Rig.StartAsync();
        model = await rig.LoadAsync(Method);
        runtime = await Rig.StartRuntimeAsync(state.FullName);
        requests = Heads.Requests(Rows);
        documents = Heads.Documents(Rows);
        var answer = await runtime.PredictAsync("viewport", new PredictionOptions { Method = Method }, documents[0], CancellationToken.None);
        if (answer.Fallback is not null)
        {
            throw new InvalidOperationException($"'{Method}' did not answer itself: {runtime.Models.First(record => record.Method == Method).Reason}");
        }
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await runtime.DisposeAsync();
        await rig.Executor.RunAsync(model.Dispose, CancellationToken.None);
        await rig.DisposeAsync();
        state.Delete(recursive: true);
    }

    /// <summary>Encode, forward, decode of one batch on the executor thread.</summary>
    [Benchmark(Baseline = true)]
    public void Direct() => rig.RunDirect(model, requests);

    /// <summary>As many concurrent calls as rows, from JSON to JSON.</summary>
    [Benchmark]
    public async Task Engine() =>
        await Task.WhenAll(documents.Select(document => runtime.PredictAsync("viewport", new PredictionOptions { Method = Method }, document, CancellationToken.None)));
}
