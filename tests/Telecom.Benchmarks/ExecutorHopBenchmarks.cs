using BenchmarkDotNet.Attributes;
using Telecom.Modeling.Execution;

namespace Telecom.Benchmarks;

/// <summary>What it costs to get to the executor thread and back, with nothing to do there.</summary>
public class ExecutorHopBenchmarks
{
    private DeviceExecutor executor = null!;

    [GlobalSetup]
    public async Task SetupAsync() => executor = await DeviceExecutor.StartAsync("cpu", threads: 1);

    [GlobalCleanup]
    public async Task CleanupAsync() => await executor.DisposeAsync();

    [Benchmark(Baseline = true)]
    public Task<int> Asynchronous() => executor.RunAsync(static () => 1, CancellationToken.None);

    [Benchmark]
    public int Blocking() => executor.Run(static () => 1);
}
