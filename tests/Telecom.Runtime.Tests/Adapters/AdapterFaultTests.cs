using Telecom.Modeling.Bundles;
using Telecom.Runtime.Adapters;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Adapters;

/// <summary>Adapters that cannot be used: what is told, and what is not touched.</summary>
public sealed class AdapterFaultTests
{
    private static CancellationToken Token => ToyHost.Token;

    [Fact]
    public async Task Quarantine_concerns_one_version_and_ends_with_the_next()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        await lab.RegisterAsync(registry, "a", "b");
        using (var lease = await registry.AcquireAsync(new AdapterReference("a", null), AdapterLab.Soon, Token))
        {
            lease.Quarantine("it gave values that are not finite");
            Assert.Equal(AdapterRegistryTests.DeviceBytes, registry.Records[0].DeviceBytes);
        }

        Assert.Equal(("faulted", 0L, 0L), (registry.Records[0].State, registry.Records[0].DeviceBytes, registry.Records[0].HostBytes));
        var refused = await Assert.ThrowsAsync<TelecomException>(async () => await AdapterLab.UseAsync(registry, "a"));
        Assert.Equal(ErrorCode.AdapterInvalid, refused.Code);
        Assert.Contains("not finite", refused.Message, StringComparison.Ordinal);
        await AdapterLab.UseAsync(registry, "b");

        registry.Retire(registry.Publish(await registry.PrepareAsync("a", 1, await lab.SourceAsync("a"), AdapterLab.Soon, Token))!);
        await AdapterLab.UseAsync(registry, "a");
        Assert.Equal(["resident", "resident"], AdapterLab.States(registry));
    }

    [Fact]
    public async Task Version_that_cannot_be_loaded_leaves_the_one_before_serving()
    {
        await using var lab = await AdapterLab.StartAsync();
        var registry = lab.Registry();
        await lab.RegisterAsync(registry, "a");
        await AdapterLab.UseAsync(registry, "a");
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

        var refused = await Assert.ThrowsAsync<TelecomException>(async () => await AdapterLab.UseAsync(registry, "a"));

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

        var refused = await Assert.ThrowsAsync<TelecomException>(async () => await AdapterLab.UseAsync(registry, "a"));

        Assert.Contains("layers.0.self_attn.k_proj.lora_A.weight' is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("layers.1.self_attn.v_proj.lora_A.weight' is [2, 16], expected [3, 16]", refused.Message, StringComparison.Ordinal);
        Assert.Contains("layers.0.self_attn.q_proj.lora_B.weight' is not expected", refused.Message, StringComparison.Ordinal);
        Assert.Equal(live, await lab.Host.Executor.CountLiveTensorsAsync(Token));
    }
}
