using Microsoft.Extensions.Time.Testing;
using Telecom.Modeling.Bundles;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Adapters;

public sealed class AdapterRegistryTests
{
    // A and B of rank 2 on q_proj, v_proj (16 by 16) and down_proj (16 by 20) of 2 layers, float32, as parameters and as they are served.
    internal const long DeviceBytes = 2 * 2 * 2 * (32 + 32 + 36) * 4;

    private static CancellationToken Token => ToyHost.Token;

    [Fact]
    public async Task First_lease_loads_and_later_ones_find_it_resident()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        var source = await lab.SourceAsync("a");
        Assert.True(registry.TryRegister("a", 1, source));
        Assert.Equal("registered", registry.Records.Single().State);

        using (await registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token))
        using (await registry.AcquireAsync(new AdapterReference("a", 1), AdapterLab.Soon, Token))
        {
            var used = registry.Records.Single();
            Assert.Equal(("resident", 2, "lora", 2, DeviceBytes), (used.State, used.References, used.Kind, used.Rank, used.DeviceBytes));
            Assert.Equal(new FileInfo(Path.Combine(source.Folder, BundleLayout.AdapterWeights)).Length, used.HostBytes);
        }

        Assert.Equal(("resident", 0), (registry.Records.Single().State, registry.Records.Single().References));
        Assert.Equal(1, source.Loads);
    }

    [Fact]
    public async Task Sixty_four_callers_of_a_cold_adapter_cause_one_load()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        var source = await lab.SourceAsync("a");
        registry.TryRegister("a", 1, source);
        source.Hold();

        var callers = Enumerable.Range(0, 64).Select(_ => Task.Run(
            async () => await registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token), Token)).ToArray();
        while (registry.Records.Single().References < 64)
        {
            await Task.Yield();
        }

        Assert.Equal("loading", registry.Records.Single().State);
        source.Release();
        var leases = await Task.WhenAll(callers);

        Assert.Equal(1, source.Loads);
        Assert.Single(leases.Select(lease => lease.Adapter).Distinct());
        Array.ForEach(leases, lease => lease.Dispose());
        Assert.Equal(0, registry.Records.Single().References);
    }

    [Fact]
    public async Task Device_gives_way_to_the_host_and_the_least_recently_used_goes_first()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry(new AdapterLimits { MaxDeviceBytes = 2 * DeviceBytes });
        var sources = await lab.RegisterAsync(registry, "a", "b", "c");
        await AdapterLab.UseAsync(registry, "a", "b", "a", "c");

        Assert.Equal(["resident", "ready", "resident"], AdapterLab.States(registry));
        await AdapterLab.UseAsync(registry, "b");

        Assert.Equal(["ready", "resident", "resident"], AdapterLab.States(registry));
        Assert.All(sources, source => Assert.Equal(1, source.Loads));
    }

    [Fact]
    public async Task Host_gives_way_too_and_the_adapter_is_read_again_on_demand()
    {
        await using var lab = await AdapterLab.StartAsync();
        var source = await lab.SourceAsync("a");
        var registry = lab.Registry(new AdapterLimits { MaxHostBytes = 2 * source.MeasureHostBytes() });
        registry.TryRegister("a", 1, source);
        await lab.RegisterAsync(registry, "b", "c");
        await AdapterLab.UseAsync(registry, "a", "b", "c");

        Assert.Equal(["registered", "resident", "resident"], AdapterLab.States(registry));
        await AdapterLab.UseAsync(registry, "a");

        Assert.Equal(["resident", "registered", "resident"], AdapterLab.States(registry));
        Assert.Equal(2, source.Loads);
    }

    [Fact]
    public async Task Pinned_and_used_adapters_stay_and_others_wait_for_them()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry(new AdapterLimits { MaxDeviceBytes = 2 * DeviceBytes });
        await lab.RegisterAsync(registry, "a", "b", "c");
        await AdapterLab.UseAsync(registry, "a");
        registry.Pin(registry.Find(new AdapterReference("a", null)), isPinned: true);
        var used = await registry.AcquireAsync(new AdapterReference("b", null), AdapterLab.Soon, Token);

        var waiting = registry.AcquireAsync(new AdapterReference("c", null), AdapterLab.Soon, Token).AsTask();
        while (registry.Records[2].State != "ready")
        {
            await Task.Yield();
        }

        Assert.False(waiting.IsCompleted);
        Assert.Equal(["resident", "resident", "ready"], AdapterLab.States(registry));
        used.Dispose();
        (await waiting).Dispose();
        Assert.Equal(["resident", "ready", "resident"], AdapterLab.States(registry));

        registry.Pin(registry.Find(new AdapterReference("a", null)), isPinned: false);
        await AdapterLab.UseAsync(registry, "b");
        Assert.Equal(["ready", "resident", "resident"], AdapterLab.States(registry));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task Without_room_until_the_deadline_there_is_no_capacity(int adaptersThatFit)
    {
        await using var lab = await AdapterLab.StartAsync();

        // One that is in use, or a budget that is smaller than the adapter itself.
        var registry = lab.Registry(new AdapterLimits { MaxDeviceBytes = (adaptersThatFit * DeviceBytes) - 1 });
        await lab.RegisterAsync(registry, "a", "b");
        using var used = adaptersThatFit == 1 ? null : await registry.AcquireAsync(new AdapterReference("b", null), AdapterLab.Soon, Token);
        var time = new FakeTimeProvider();

        var waiting = registry.AcquireAsync(
            new AdapterReference("a", null), Deadline.After(TimeSpan.FromSeconds(5), time), Token).AsTask();
        while (registry.Records[0].State != "ready")
        {
            await Task.Yield();
        }

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        var exception = await Assert.ThrowsAsync<TelecomException>(() => waiting);
        Assert.Equal(ErrorCode.AdapterCapacity, exception.Code);
        Assert.Contains("'a@1'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, registry.Records[0].References);
    }

    [Fact]
    public async Task Load_that_takes_longer_than_the_deadline_goes_on_for_the_next_caller()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        var source = await lab.SourceAsync("a");
        registry.TryRegister("a", 1, source);
        source.Hold();
        var time = new FakeTimeProvider();

        var waiting = registry.AcquireAsync(
            new AdapterReference("a", null), Deadline.After(TimeSpan.FromSeconds(5), time), Token).AsTask();
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<TelecomException>(() => waiting)).Code);
        source.Release();
        await AdapterLab.UseAsync(registry, "a");
        Assert.Equal(1, source.Loads);
    }

    [Fact]
    public async Task Cancelled_caller_leaves_and_holds_nothing()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        var source = await lab.SourceAsync("a");
        registry.TryRegister("a", 1, source);
        source.Hold();
        using var cancellation = new CancellationTokenSource();

        var waiting = registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, registry.Records.Single().References);
        source.Release();
    }

    [Fact]
    public async Task Replaced_version_serves_who_holds_it_and_nobody_else()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        await lab.RegisterAsync(registry, "a");
        var held = await registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token);

        var second = await registry.PrepareAsync("a", 2, await lab.SourceAsync("a"), AdapterLab.Soon, Token);
        Assert.Equal(1, registry.Find(new AdapterReference("a", null)).Version);
        registry.Retire(registry.Publish(second)!);

        Assert.Equal(["1 draining", "2 resident"], registry.Records.Select(record => $"{record.Version} {record.State}"));
        Assert.Equal(2, registry.Find(new AdapterReference("a", null)).Version);
        var refused = Assert.Throws<TelecomException>(() => registry.Find(new AdapterReference("a", 1)));
        Assert.Equal(ErrorCode.AdapterNotFound, refused.Code);
        Assert.NotNull(held.Adapter.Linear(0, "q_proj"));

        held.Dispose();
        Assert.Equal(["2 resident"], registry.Records.Select(record => $"{record.Version} {record.State}"));
    }

    [Fact]
    public async Task Removed_adapter_drains_and_is_unknown_at_once()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        var live = await lab.Host.Executor.CountLiveTensorsAsync(Token);
        await lab.RegisterAsync(registry, "a");
        var held = await registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token);
        var entry = held.Entry;

        registry.Retire(entry);

        Assert.Equal("draining", registry.Record(entry).State);
        Assert.Equal(
            ErrorCode.AdapterNotFound,
            Assert.Throws<TelecomException>(() => registry.Find(new AdapterReference("a", null))).Code);
        held.Dispose();
        Assert.Equal(("unloaded", 0L, 0L), (registry.Record(entry).State, registry.Record(entry).HostBytes, registry.Record(entry).DeviceBytes));
        Assert.Empty(registry.Records);
        Assert.Equal(live, await lab.Host.Executor.CountLiveTensorsAsync(Token));
    }

    [Fact]
    public async Task Waiting_callers_follow_a_name_to_its_new_version()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        var first = await lab.SourceAsync("a");
        registry.TryRegister("a", 1, first);
        first.Hold();
        var byName = registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token).AsTask();
        var byVersion = registry.AcquireAsync(new AdapterReference("a", 1), AdapterLab.Soon, Token).AsTask();

        registry.Retire(registry.Publish(await registry.PrepareAsync("a", 2, await lab.SourceAsync("a"), AdapterLab.Soon, Token))!);

        using (var lease = await byName)
        {
            Assert.Equal(2, lease.Entry.Version);
        }

        Assert.Equal(ErrorCode.AdapterNotFound, (await Assert.ThrowsAsync<TelecomException>(() => byVersion)).Code);
        first.Release();
    }

    [Fact]
    public async Task As_many_names_as_allowed_are_registered()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry(new AdapterLimits { MaxAdapters = 1 });
        var source = await lab.SourceAsync("a");

        Assert.True(registry.TryRegister("a", 1, source));
        Assert.False(registry.TryRegister("b", 1, source));
        Assert.Equal(
            ErrorCode.AdapterCapacity,
            (await Assert.ThrowsAsync<TelecomException>(() => registry.PrepareAsync("b", 1, source, AdapterLab.Soon, Token))).Code);
        Assert.NotNull(await registry.PrepareAsync("a", 2, source, AdapterLab.Soon, Token));
    }

    [Theory]
    [InlineData("a@x")]
    [InlineData("a@")]
    [InlineData("@1")]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData("a@-1")]
    public void Reference_that_no_adapter_can_have_is_not_found(string text) =>
        Assert.Equal(ErrorCode.AdapterNotFound, Assert.Throws<TelecomException>(() => AdapterReference.Parse(text)).Code);

    [Fact]
    public void Reference_has_a_name_and_may_have_a_version()
    {
        Assert.Equal(new AdapterReference("viewport.adapted", null), AdapterReference.Parse("viewport.adapted"));
        Assert.Equal(new AdapterReference("a-b_c", 12), AdapterReference.Parse("a-b_c@12"));
    }
}
