using FsCheck;
using FsCheck.Fluent;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Adapters;

/// <summary>Whatever is done in whatever order: budgets hold, what is used or pinned stays, and room that can be made is made.</summary>
public sealed class AdapterRegistryPropertyTests
{
    private const int Names = 5;
    private static readonly Gen<(Step Step, int Argument)[]> Histories = Gen.Choose(0, 5)
        .SelectMany(step => Gen.Choose(0, 99).Select(argument => ((Step)step, argument))).ArrayOf(40);

    private enum Step
    {
        Acquire,
        AcquireMore,
        Release,
        Pin,
        Replace,
        Quarantine,
    }

    private static CancellationToken Token => ToyHost.Token;

    [Fact]
    public async Task Budgets_hold_and_nothing_in_use_is_evicted()
    {
        await using var lab = await AdapterLab.StartAsync();
        var sources = new List<IAdapterSource>();
        for (var i = 0; i < Names; i++)
        {
            sources.Add(await lab.SourceAsync($"a{i}", rank: 1 + (i % 3)));
        }

        var live = await lab.Host.Executor.CountLiveTensorsAsync(Token);
        Prop.ForAll(Histories.ToArbitrary(), history => RunAsync(lab, sources, history).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(1, 3));
        Assert.Equal(live, await lab.Host.Executor.CountLiveTensorsAsync(Token));
    }

    [Fact]
    public async Task Sixteen_callers_at_once_end_without_one_being_lost()
    {
        await using var lab = await AdapterLab.StartAsync();
        var sources = new List<IAdapterSource>();
        var registry = lab.Registry(Limits);
        for (var i = 0; i < Names; i++)
        {
            sources.Add(await lab.SourceAsync($"a{i}", rank: 1 + (i % 3)));
            registry.TryRegister($"a{i}", 1, sources[i]);
        }

        var live = await lab.Host.Executor.CountLiveTensorsAsync(Token);
        var callers = Enumerable.Range(0, 16).Select(caller => Task.Run(
            async () =>
            {
                var random = new Random(caller);
                for (var i = 0; i < 100; i++)
                {
                    using var lease = await registry.AcquireAsync(
                        new AdapterReference($"a{random.Next(Names)}", null), AdapterLab.Soon, Token);
                    await lab.Host.Executor.RunAsync(() => Assert.All(lease.Adapter.Parameters.Values, tensor => Assert.False(tensor.IsInvalid)), Token);
                    CheckBudgets(registry);
                }
            },
            Token)).ToList();
        callers.Add(Task.Run(
            async () =>
            {
                for (var version = 2; version < 30; version++)
                {
                    var name = version % Names;
                    registry.Retire(registry.Publish(
                        await registry.PrepareAsync($"a{name}", version, sources[name], AdapterLab.Soon, Token))!);
                }
            },
            Token));

        await Task.WhenAll(callers);

        Assert.All(registry.Records, record => Assert.Equal(0, record.References));
        Assert.Equal(Names, registry.Records.Count);
        await registry.DisposeAsync();
        Assert.Equal(live, await lab.Host.Executor.CountLiveTensorsAsync(Token));
    }

    // What an adapter takes on the device per rank, see AdapterRegistryTests; its file has a header, too.
    private const long RankBytes = AdapterRegistryTests.DeviceBytes / 2;

    private static AdapterLimits Limits => new() { MaxDeviceBytes = 4 * RankBytes, MaxHostBytes = 16_000 };

    private static async Task RunAsync(AdapterLab lab, List<IAdapterSource> sources, (Step Step, int Argument)[] history)
    {
        var registry = lab.Registry(Limits);
        for (var i = 0; i < Names; i++)
        {
            registry.TryRegister($"a{i}", 1, sources[i]);
        }

        var leases = new List<AdapterLease>();
        foreach (var (step, argument) in history)
        {
            await StepAsync(registry, sources, leases, step, argument);
            Check(registry, leases);
        }

        leases.ForEach(lease => lease.Dispose());
        await registry.DisposeAsync();
        Assert.Empty(registry.Records);
    }

    private static async Task StepAsync(AdapterRegistry registry, List<IAdapterSource> sources, List<AdapterLease> leases, Step step, int argument)
    {
        var name = $"a{argument % Names}";
        var entry = registry.Find(new AdapterReference(name, null));
        switch (step)
        {
            case Step.Release when leases.Count > 0:
                leases[argument % leases.Count].Dispose();
                leases.RemoveAt(argument % leases.Count);
                break;
            case Step.Quarantine when leases.Count > 0:
                leases[argument % leases.Count].Quarantine("tried");
                break;
            case Step.Pin:
                registry.Pin(entry, !entry.IsPinned);
                break;
            case Step.Replace:
                await TryAsync(registry, async token =>
                {
                    var next = await registry.PrepareAsync(name, entry.Version + 1, sources[argument % Names], AdapterLab.Soon, token);
                    registry.Retire(registry.Publish(next)!);
                });
                break;
            case Step.Acquire or Step.AcquireMore when entry.State != AdapterState.Faulted:
                var couldFit = CouldFit(registry, entry, sources[argument % Names]);
                var acquired = await TryAsync(
                    registry, async token => leases.Add(await registry.AcquireAsync(entry, AdapterLab.Soon, token)));
                Assert.Equal(couldFit, acquired);
                break;
            case Step.Acquire or Step.AcquireMore:
                var refused = await Assert.ThrowsAsync<TelecomException>(async () => await registry.AcquireAsync(entry, AdapterLab.Soon, Token));
                Assert.Equal(ErrorCode.AdapterInvalid, refused.Code);
                break;
        }
    }

    // Room is what is free, and what is neither used nor pinned.
    private static bool CouldFit(AdapterRegistry registry, AdapterEntry entry, IAdapterSource source)
    {
        if (entry.State == AdapterState.Resident)
        {
            return true;
        }

        var staying = registry.Records.Where(record => (record.References > 0 || record.IsPinned) && (record.Name, record.Version) != (entry.Name, entry.Version));
        var rank = 1 + ((entry.Name[1] - '0') % 3);
        return staying.Sum(record => record.DeviceBytes) + (rank * RankBytes) <= Limits.MaxDeviceBytes
            && staying.Sum(record => record.HostBytes) + source.MeasureHostBytes() <= Limits.MaxHostBytes;
    }

    // Gives up when nothing is loading any more although the attempt still waits: it waits for room that this thread alone could free.
    private static async Task<bool> TryAsync(AdapterRegistry registry, Func<CancellationToken, Task> attempt)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = attempt(cancellation.Token);
        while (!running.IsCompleted)
        {
            await Task.Yield();
            var records = registry.Records;
            if (records.All(record => record.State != "loading") && records.Any(record => record.Reason == "it waits for room"))
            {
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
                return false;
            }
        }

        await running;
        return true;
    }

    private static void Check(AdapterRegistry registry, List<AdapterLease> leases)
    {
        CheckBudgets(registry);
        Assert.Equal(leases.Count, registry.Records.Sum(record => record.References));
        foreach (var lease in leases)
        {
            Assert.Contains(lease.Entry.State, new[] { AdapterState.Resident, AdapterState.Draining, AdapterState.Faulted });
            Assert.Same(lease.Adapter, lease.Entry.Adapter);
            Assert.All(lease.Adapter.Parameters.Values, tensor => Assert.False(tensor.IsInvalid));
        }
    }

    private static void CheckBudgets(AdapterRegistry registry)
    {
        var records = registry.Records;
        Assert.InRange(records.Sum(record => record.DeviceBytes), 0, Limits.MaxDeviceBytes);
        Assert.InRange(records.Sum(record => record.HostBytes), 0, Limits.MaxHostBytes);
    }
}
