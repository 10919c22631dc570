using Microsoft.Extensions.Logging.Abstractions;
using Telecom.Modeling.Adapters;
using Telecom.Modeling.Bases;
using Telecom.Modeling.Bundles;
using Telecom.Modeling.Execution;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Methods;
using TorchSharp;

namespace Telecom.Runtime.Tests.Adapters;

/// <summary>Adapters on the small base of a toy host, and registries with budgets of the test's choice.</summary>
internal sealed class AdapterLab : IAsyncDisposable
{
    private readonly List<AdapterRegistry> registries = [];
    private readonly List<HeldSource> sources = [];

    private AdapterLab(ToyHost host, BaseWeights weights) => (Host, Weights) = (host, weights);

    public ToyHost Host { get; }

    public BaseWeights Weights { get; }

    public static async Task<AdapterLab> StartAsync(Func<RuntimeOptions, RuntimeOptions>? configure = null)
    {
        var host = await ToyHost.StartAsync(configure);
        return new AdapterLab(host, (await host.Services.Bases.GetAsync(host.Services.Options.Base)).Model!.Weights);
    }

    public AdapterRegistry Registry(AdapterLimits? limits = null)
    {
        var registry = new AdapterRegistry(Host.Executor, limits ?? new AdapterLimits(), NullLogger<AdapterRegistry>.Instance);
        registries.Add(registry);
        return registry;
    }

    /// <summary>Writes an adapter whose B factors all hold <paramref name="value"/>, so that every value gives other answers.</summary>
    /// <returns>Its folder.</returns>
    public async Task<string> WriteAsync(string name, int version = 1, int rank = 2, double value = 0.5, string? fingerprint = null)
    {
        var folder = Path.Combine(Host.StateFolder, "adapters", name, $"{version}");
        Directory.CreateDirectory(folder);
        await Host.Executor.RunAsync(
            () =>
            {
                var options = new AdapterOptions { Rank = rank, Alpha = 4, Targets = ["q_proj", "v_proj", "down_proj"] };
                using var adapter = new LoraAdapter(options, Weights.Configuration, torch.CPU, (ulong)version);
                using var noGradient = torch.no_grad();
                foreach (var (parameter, tensor) in adapter.Parameters)
                {
                    if (parameter.Contains("lora_B", StringComparison.Ordinal))
                    {
                        tensor.fill_(value);
                    }
                }

                PeftWriter.Write(folder, adapter, Weights.Name, fingerprint ?? Weights.Fingerprint);
            },
            ToyHost.Token);
        return folder;
    }

    /// <summary>A source that counts its loads and can hold them up.</summary>
    public async Task<HeldSource> SourceAsync(string name, int rank = 2, double value = 0.5)
    {
        var source = new HeldSource(new PeftSource(await WriteAsync(name, rank: rank, value: value), Weights));
        sources.Add(source);
        return source;
    }

    public async Task<List<HeldSource>> RegisterAsync(AdapterRegistry registry, params string[] names)
    {
        var sources = new List<HeldSource>();
        foreach (var name in names)
        {
            sources.Add(await SourceAsync(name));
            Assert.True(registry.TryRegister(name, 1, sources[^1]));
        }

        return sources;
    }

    public static async Task UseAsync(AdapterRegistry registry, params string[] names)
    {
        foreach (var name in names)
        {
            (await registry.AcquireAsync(new AdapterReference(name, null), Soon, ToyHost.Token)).Dispose();
        }
    }

    public static IEnumerable<string> States(AdapterRegistry registry) => registry.Records.Select(record => record.State);

    public static Deadline Soon => Deadline.After(TimeSpan.FromSeconds(30), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        foreach (var registry in registries)
        {
            await registry.DisposeAsync();
        }

        await Host.DisposeAsync();
        sources.ForEach(source => source.Dispose());
    }

    /// <summary>Waits in <see cref="Stage"/> while it is held.</summary>
    internal sealed class HeldSource(IAdapterSource inner) : IAdapterSource, IDisposable
    {
        private readonly ManualResetEventSlim gate = new(initialState: true);
        private int loads;

        public int Loads => loads;

        public string Folder => inner.Folder;

        public string? Owner => inner.Owner;

        public BaseWeights Base => inner.Base;

        public void Hold() => gate.Reset();

        public void Release() => gate.Set();

        public void Dispose() => gate.Dispose();

        public long MeasureHostBytes() => inner.MeasureHostBytes();

        public StagedAdapter Stage(int maxRank)
        {
            Interlocked.Increment(ref loads);
            gate.Wait(ToyHost.Token);
            return inner.Stage(maxRank);
        }
    }
}
