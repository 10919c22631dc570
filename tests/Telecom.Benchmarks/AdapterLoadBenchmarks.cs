using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bundles;
using Telecom.Runtime;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Methods;

namespace Telecom.Benchmarks;

/// <summary>
/// What loading cold adapters costs a caller whose adapter is resident: his requests one after the other, each timed alone, without and beside a
/// thread that loads and unloads another adapter without pause (adapters.md 5.1: p99 at most 10 % higher).
/// </summary>
[Config(typeof(Settings))]
public class AdapterLoadBenchmarks
{
    private const int Rank = 8;
    private static readonly PredictionOptions Resident = new() { Method = "adapted", Adapter = "resident" };

    private DirectoryInfo state = null!;
    private TelecomRuntime runtime = null!;
    private ReadOnlyMemory<byte> document;
    private Task loading = Task.CompletedTask;
    private Stopwatch watch = new();
    private int loads;
    private volatile bool isOver;

    [GlobalSetup(Target = nameof(Alone))]
    public async Task SetupAsync()
    {
        state = Directory.CreateTempSubdirectory("telecom-benchmarks-");
        await WriteAsync("resident");
        await WriteAsync("cold");
        runtime = await Rig.StartRuntimeAsync(state.FullName);
        document = Heads.Documents(1)[0];
        await runtime.Adapters.LoadAsync("resident", CancellationToken.None);
    }

    [GlobalSetup(Target = nameof(BesideLoads))]
    public async Task SetupLoadsAsync()
    {
        await SetupAsync();
        loading = Task.Run(LoadAsync);
        watch = Stopwatch.StartNew();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        isOver = true;
        await loading;
        if (loads > 0)
        {
            Console.WriteLine(FormattableString.Invariant($"// {loads} loads, {watch.Elapsed.TotalMilliseconds / loads:F2} ms from one to the next"));
        }

        await runtime.DisposeAsync();
        state.Delete(recursive: true);
    }

    [Benchmark(Baseline = true)]
    public Task<PredictionAnswer> Alone() => runtime.PredictAsync("viewport", Resident, document, CancellationToken.None);

    [Benchmark]
    public Task<PredictionAnswer> BesideLoads() => runtime.PredictAsync("viewport", Resident, document, CancellationToken.None);

    private async Task LoadAsync()
    {
        while (!isOver)
        {
            await runtime.Adapters.LoadAsync("cold", CancellationToken.None);
            runtime.Adapters.Unload("cold");
            loads++;
        }
    }

    // All seven linear layers of the shipped base.
    private async Task WriteAsync(string name)
    {
        await using var rig = await Rig.StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(state.FullName, "adapters", name, "1")).FullName;
        rig.Executor.Run(() =>
        {
            var weights = rig.Base.Model!.Weights;
            var options = new AdapterOptions
            {
                Rank = Rank,
                Alpha = Rank,
                Targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
            };
            using var adapter = new LoraAdapter(options, weights.Configuration, rig.Executor.Device, seed: 1);
            PeftWriter.Write(folder, adapter, weights.Name, weights.Fingerprint);
            return true;
        });
    }

    private sealed class Settings : ManualConfig
    {
        public Settings()
        {
            // One request per iteration: percentiles of averages would hide the slow ones.
            UnionRule = ConfigUnionRule.AlwaysUseLocal;
            AddJob(Job.Default
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithStrategy(RunStrategy.Monitoring)
                .WithWarmupCount(200)
                .WithIterationCount(4000)
                .WithInvocationCount(1)
                .WithUnrollFactor(1));
            AddLogger(ConsoleLogger.Default);
            AddColumnProvider(DefaultColumnProviders.Descriptor);
            AddColumn(StatisticColumn.Median, new PercentileColumn(99, isRatio: false), new MedianRatioColumn(), new PercentileColumn(99, isRatio: true));
            WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "reports"));
            WithOptions(ConfigOptions.DisableLogFile);
        }
    }
}
