using Telecom.Runtime.Models;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Settings;
using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Tests.Serving;

/// <summary>Lanes with fresh weights on a small base, and an engine with limits of the test's choice.</summary>
internal sealed class LaneBench : IAsyncDisposable
{
    private readonly ToyHost host;
    private readonly List<Lane<ToyRequest, ToyAnswer>> lanes = [];

    private LaneBench(ToyHost host) => this.host = host;

    public ToyHost Host => host;

    public static Ticket Ticket => new(Deadline.After(TimeSpan.FromSeconds(30), TimeProvider.System));

    public ToyLog Log => host.Log;

    public static async Task<LaneBench> StartAsync(int maxBatchRows = 32, int maxQueue = 1024) =>
        new(await ToyHost.StartAsync(options => options with { MaxBatchRows = maxBatchRows, MaxQueue = maxQueue }));

    /// <summary>A lane of one of the first toy task's methods.</summary>
    public async Task<Lane<ToyRequest, ToyAnswer>> LaneAsync(string methodId, string? baseName = null)
    {
        var task = ToyTasks.First(Log);
        var method = task.MethodDefinition(methodId);
        var sharedBase = await host.Services.Bases.GetAsync(baseName ?? host.Services.Options.Base);
        var lane = new Lane<ToyRequest, ToyAnswer>(await host.Executor.RunAsync(() => Load(task, method), ToyHost.Token));
        lanes.Add(lane);
        return lane;

        LoadedModel<ToyRequest, ToyAnswer> Load(
            TaskDefinition<ToyRequest, ToyAnswer> definition, MethodDefinition<ToyRequest, ToyAnswer> wanted)
        {
            if (wanted.Analytic is { } analytic)
            {
                return new LoadedModel<ToyRequest, ToyAnswer>(wanted.Descriptor, analytic);
            }

            var isAdapted = wanted.Descriptor.Kind == Sdk.Methods.MethodKind.Adapted;
            var settings = SettingValues.Create(wanted.Descriptor.Settings, []);
            var (learned, adapter) = host.Services.Loader.Build(wanted, settings, isAdapted ? sharedBase : null, seed: 3);
            return new LoadedModel<ToyRequest, ToyAnswer>(wanted.Descriptor, learned, adapter, isAdapted ? sharedBase : null, "1");
        }
    }

    public async Task<ToyAnswer> SubmitAsync(Lane<ToyRequest, ToyAnswer> lane, ToyRequest request, CancellationToken? cancellationToken = null) =>
        (await host.Engine.SubmitAsync(lane, [request], Ticket, cancellationToken ?? ToyHost.Token))[0];

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes)
        {
            await lane.CloseAsync();
            await host.Executor.RunAsync(lane.Model.Dispose, CancellationToken.None);
        }

        await host.DisposeAsync();
    }
}
