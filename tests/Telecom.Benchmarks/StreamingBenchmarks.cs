using BenchmarkDotNet.Attributes;
using Telecom.Datasets.Abr;
using Telecom.Plugins.Abr;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Measurements;

namespace Telecom.Benchmarks;

/// <summary>
/// Claims: a chunk in the simulator takes at most 0.25 µs, with bba deciding 0.5 µs, an mpc decision 30 µs; none of them allocates. The same sessions as
/// <c>telecom bench abr</c>: 30 generated traces, 48 chunks each.
/// </summary>
public class StreamingBenchmarks
{
    private const int Traces = 30;
    private const int Chunks = Traces * 48;
    private const int Decisions = Traces * 47;

    private Dictionary<string, SpeedCase> cases = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var links = new List<LinkTimeline>();
        await foreach (var trace in new SynthDataset().ReadAsync(new() { Split = "test" }, CancellationToken.None))
        {
            links.Add(new(trace));
        }

        cases = AbrSpeed.Cases(links, ShippedVideos.Find(ShippedVideos.Sample)!).ToDictionary(measured => measured.Name);
        if (links.Count != Traces)
        {
            throw new InvalidOperationException($"There are {links.Count} traces instead of {Traces}.");
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Chunks)]
    public void Environment() => cases["environment, trace walked"].Run();

    [Benchmark(OperationsPerInvoke = Chunks)]
    public void EnvironmentBySums() => cases["environment, running sums"].Run();

    [Benchmark(OperationsPerInvoke = Chunks)]
    public void BbaLoop() => cases["bba session loop"].Run();

    [Benchmark(OperationsPerInvoke = Decisions)]
    public void MpcDecision() => cases["mpc decision"].Run();
}
