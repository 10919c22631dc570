using BenchmarkDotNet.Attributes;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Forward;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Benchmarks;

/// <summary>Claim: rows of two adapters in one forward cost less than two forwards.</summary>
public class MixedForwardBenchmarks
{
    private const int Tokens = 10;

    private Rig rig = null!;
    private LoraAdapter[] adapters = [];
    private torch.Tensor[] embeddings = [];

    /// <summary>Rows of each adapter.</summary>
    [Params(1, 2, 16)]
    public int Rows { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        rig = await Rig.StartAsync();
        await rig.Executor.RunAsync(Prepare, CancellationToken.None);
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await rig.Executor.RunAsync(Release, CancellationToken.None);
        await rig.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public void TwoForwards() => Run(() =>
    {
        rig.Base.Model!.Forward([Segment(0)]);
        rig.Base.Model!.Forward([Segment(1)]);
    });

    [Benchmark]
    public void OneMixedForward() => Run(() => rig.Base.Model!.Forward([Segment(0), Segment(1)]));

    /// <summary>As many rows without any adapter: what the adapters cost.</summary>
    [Benchmark]
    public void OneForwardOfTheBase() =>
        Run(() => rig.Base.Model!.Forward([Segment(0) with { Adapter = null }, Segment(1) with { Adapter = null }]));

    private ForwardSegment Segment(int index) => new(new Embeddings(embeddings[index]), adapters[index]);

    private void Run(Action work) => rig.Executor.Run(() =>
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        work();
        return true;
    });

    private void Prepare()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        torch.random.manual_seed(1);
        var configuration = rig.Base.Model!.Configuration;
        adapters = [.. Enumerable.Range(1, 2).Select(seed => new LoraAdapter(new AdapterOptions(), configuration, torch.CPU, (ulong)seed))];
        embeddings = [.. adapters.Select(_ => torch.randn(Rows, Tokens, configuration.HiddenSize).DetachFromDisposeScope())];
    }

    private void Release()
    {
        foreach (var disposable in adapters.Cast<IDisposable>().Concat(embeddings))
        {
            disposable.Dispose();
        }
    }
}
