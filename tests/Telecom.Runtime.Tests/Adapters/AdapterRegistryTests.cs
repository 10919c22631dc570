using Microsoft.Extensions.Time.Testing;
using Telecom.Modeling.Bundles;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Serving;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Adapters;

public sealed class AdapterRegistryTests
{
    // A and B of rank 2 on q_proj, v_proj (16 by 16) and down_proj (16 by 20) of 2 layers, float32.
    private const long DeviceBytes = 2 * 2 * (32 + 32 + 36) * 4;

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
        var sources = await RegisterAsync(lab, registry, "a", "b", "c");
        await UseAsync(registry, "a", "b", "a", "c");

        Assert.Equal(["resident", "ready", "resident"], States(registry));
        await UseAsync(registry, "b");

        Assert.Equal(["ready", "resident", "resident"], States(registry));
        Assert.All(sources, source => Assert.Equal(1, source.Loads));
    }

    [Fact]
    public async Task Host_gives_way_too_and_the_adapter_is_read_again_on_demand()
    {
        await using var lab = await AdapterLab.StartAsync();
        var source = await lab.SourceAsync("a");
        var registry = lab.Registry(new AdapterLimits { MaxHostBytes = 2 * source.MeasureHostBytes() });
        registry.TryRegister("a", 1, source);
        await RegisterAsync(lab, registry, "b", "c");
        await UseAsync(registry, "a", "b", "c");

        Assert.Equal(["registered", "resident", "resident"], States(registry));
        await UseAsync(registry, "a");

        Assert.Equal(["resident", "registered", "resident"], States(registry));
        Assert.Equal(2, source.Loads);
    }

    [Fact]
    public async Task Pinned_and_used_adapters_stay_and_others_wait_for_them()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry(new AdapterLimits { MaxDeviceBytes = 2 * DeviceBytes });
        await RegisterAsync(lab, registry, "a", "b", "c");
        await UseAsync(registry, "a");
        registry.Pin(registry.Find(new AdapterReference("a", null)), isPinned: true);
        var used = await registry.AcquireAsync(new AdapterReference("b", null), AdapterLab.Soon, Token);

        var waiting = registry.AcquireAsync(new AdapterReference("c", null), AdapterLab.Soon, Token).AsTask();
        while (registry.Records[2].State != "ready")
        {
            await Task.Yield();
        }

        Assert.False(waiting.IsCompleted);
        Assert.Equal(["resident", "resident", "ready"], States(registry));
        used.Dispose();
        (await waiting).Dispose();
        Assert.Equal(["resident", "ready", "resident"], States(registry));

        registry.Pin(registry.Find(new AdapterReference("a", null)), isPinned: false);
        await UseAsync(registry, "b");
        Assert.Equal(["ready", "resident", "resident"], States(registry));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task Without_room_until_the_deadline_there_is_no_capacity(int adaptersThatFit)
    {
        await using var lab = await AdapterLab.StartAsync();

        // One that is in use, or a budget that is smaller than the adapter itself.
        var registry = lab.Registry(new AdapterLimits { MaxDeviceBytes = (adaptersThatFit * DeviceBytes) - 1 });
        await RegisterAsync(lab, registry, "a", "b");
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
        await UseAsync(registry, "a");
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
        await RegisterAsync(lab, registry, "a");
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
        await RegisterAsync(lab, registry, "a");
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
    public async Task Quarantine_concerns_one_version_and_ends_with_the_next()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        await RegisterAsync(lab, registry, "a", "b");
        using (var lease = await registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token))
        {
            lease.Quarantine("it gave values that are not finite");
            Assert.Equal(DeviceBytes, registry.Records[0].DeviceBytes);
        }

        Assert.Equal(("faulted", 0L, 0L), (registry.Records[0].State, registry.Records[0].DeviceBytes, registry.Records[0].HostBytes));
        var refused = await Assert.ThrowsAsync<TelecomException>(async () => await UseAsync(registry, "a"));
        Assert.Equal(ErrorCode.AdapterInvalid, refused.Code);
        Assert.Contains("not finite", refused.Message, StringComparison.Ordinal);
        await UseAsync(registry, "b");

        registry.Retire(registry.Publish(await registry.PrepareAsync("a", 1, await lab.SourceAsync("a"), AdapterLab.Soon, Token))!);
        await UseAsync(registry, "a");
        Assert.Equal(["resident", "resident"], States(registry));
    }

    [Fact]
    public async Task Version_that_cannot_be_loaded_leaves_the_one_before_serving()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        await RegisterAsync(lab, registry, "a");
        await UseAsync(registry, "a");
        var folder = await lab.WriteAsync("a", 2);
        File.WriteAllBytes(Path.Combine(folder, BundleLayout.AdapterWeights), [1, 2, 3]);

        var refused = await Assert.ThrowsAsync<TelecomException>(
            () => registry.PrepareAsync("a", 2, new PeftSource(folder, lab.Weights), AdapterLab.Soon, Token));

        Assert.Equal(ErrorCode.AdapterInvalid, refused.Code);
        Assert.Contains(BundleLayout.AdapterWeights, refused.Message, StringComparison.Ordinal);
        Assert.Equal(["1 resident", "2 faulted"], registry.Records.Select(record => $"{record.Version} {record.State}"));
        using var lease = await registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token);
        Assert.Equal(1, lease.Entry.Version);
    }

    [Fact]
    public async Task All_problems_of_an_adapter_are_told_at_once()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry(new AdapterLimits { MaxRank = 4 });
        var folder = await lab.WriteAsync("a", rank: 8, value: double.NaN, fingerprint: new string('f', 64));
        registry.TryRegister("a", 1, new PeftSource(folder, lab.Weights));
        var live = await lab.Host.Executor.CountLiveTensorsAsync(Token);

        var refused = await Assert.ThrowsAsync<TelecomException>(async () => await UseAsync(registry, "a"));

        Assert.Equal(ErrorCode.AdapterInvalid, refused.Code);
        Assert.Contains(new string('f', 64), refused.Message, StringComparison.Ordinal);
        Assert.Contains(lab.Weights.Fingerprint, refused.Message, StringComparison.Ordinal);
        Assert.Contains("rank 8 is above the limit of 4", refused.Message, StringComparison.Ordinal);

        // B of three targets on two layers.
        Assert.Equal(6, refused.Message.Split("not finite").Length - 1);
        Assert.Equal(live, await lab.Host.Executor.CountLiveTensorsAsync(Token));
    }

    [Fact]
    public async Task Misshapen_adapter_names_every_tensor_and_leaves_none_behind()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        var folder = await lab.WriteAsync("a", rank: 2);
        var configuration = Path.Combine(folder, BundleLayout.AdapterConfiguration);
        var text = await File.ReadAllTextAsync(configuration, Token);
        await File.WriteAllTextAsync(
            configuration,
            text.Replace("\"r\": 2", "\"r\": 3", StringComparison.Ordinal).Replace("\"q_proj\"", "\"k_proj\"", StringComparison.Ordinal),
            Token);
        registry.TryRegister("a", 1, new PeftSource(folder, lab.Weights));
        var live = await lab.Host.Executor.CountLiveTensorsAsync(Token);

        var refused = await Assert.ThrowsAsync<TelecomException>(async () => await UseAsync(registry, "a"));

        Assert.Contains("layers.0.self_attn.k_proj.lora_A.weight' is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("layers.1.self_attn.v_proj.lora_A.weight' is [2, 16], expected [3, 16]", refused.Message, StringComparison.Ordinal);
        Assert.Contains("layers.0.self_attn.q_proj.lora_B.weight' is not expected", refused.Message, StringComparison.Ordinal);
        Assert.Equal(live, await lab.Host.Executor.CountLiveTensorsAsync(Token));
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

    private static async Task<List<AdapterLab.HeldSource>> RegisterAsync(AdapterLab lab, AdapterRegistry registry, params string[] names)
    {
        var sources = new List<AdapterLab.HeldSource>();
        foreach (var name in names)
        {
            sources.Add(await lab.SourceAsync(name));
            Assert.True(registry.TryRegister(name, 1, sources[^1]));
        }

        return sources;
    }

    private static async Task UseAsync(AdapterRegistry registry, params string[] names)
    {
        foreach (var name in names)
        {
            (await registry.AcquireAsync(new AdapterReference(name, null), AdapterLab.Soon, Token)).Dispose();
        }
    }

    private static IEnumerable<string> States(AdapterRegistry registry) => registry.Records.Select(record => record.State);
}
