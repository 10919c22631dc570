using Telecom.Modeling.Bases;
using Telecom.Runtime.Bases;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Bases;

public sealed class BaseProviderTests
{
    [Fact]
    public async Task Base_is_loaded_once_per_specification()
    {
        await using var host = await ToyHost.StartAsync();
        var bases = host.Services.Bases;

        var first = bases.GetAsync(host.Services.Options.Base);
        var second = bases.GetAsync(host.Services.Options.Base);

        Assert.Same(await first, await second);
        Assert.Equal(("small", 16), ((await first).Name, (await first).Width));
    }

    [Theory]
    [InlineData("shipped")]
    [InlineData("nano")]
    public async Task Shipped_base_has_two_names(string specification)
    {
        await using var host = await ToyHost.StartAsync();

        var shared = await host.Services.Bases.GetAsync(specification);

        Assert.Equal((BaseInitializer.NanoName, 256), (shared.Name, shared.Width));
    }

    [Fact]
    public async Task Random_base_is_that_of_its_seed()
    {
        await using var host = await ToyHost.StartAsync();
        using var expected = BaseInitializer.Seeded(BaseConfiguration.Nano, 7, "any");

        var shared = await host.Services.Bases.GetAsync("random:7");

        Assert.Equal(("random:7", expected.Fingerprint), (shared.Name, shared.Fingerprint));
    }

    [Fact]
    public async Task No_base_hands_embeddings_of_the_shipped_width_on()
    {
        await using var host = await ToyHost.StartAsync();

        var none = await host.Services.Bases.GetAsync("none");

        Assert.Equal((SharedBase.NoneName, 256, null, null), (none.Name, none.Width, none.Model, none.Fingerprint));
        Assert.Equal(256, none.Backbone(null).Width);
    }

    [Theory]
    [InlineData("random:")]
    [InlineData("random:-1")]
    [InlineData("random:two")]
    public async Task Random_base_without_a_seed_is_refused(string specification)
    {
        await using var host = await ToyHost.StartAsync();

        var exception = await Assert.ThrowsAsync<TelecomException>(() => host.Services.Bases.GetAsync(specification));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains($"'{specification}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_that_was_repaired_is_loaded_at_the_next_try()
    {
        await using var host = await ToyHost.StartAsync();
        var folder = host.Unused("later");

        var exception = await Assert.ThrowsAnyAsync<TelecomException>(() => host.Services.Bases.GetAsync(folder));
        host.SaveBase("later", 5);

        Assert.Contains(folder, exception.Message, StringComparison.Ordinal);
        Assert.Equal("later", (await host.Services.Bases.GetAsync(folder)).Name);
    }
}
