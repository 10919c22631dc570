using Microsoft.Extensions.Time.Testing;
using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Testing.Tests;

public sealed class PluginHarnessTests
{
    private static readonly HarnessOptions Tiny = new() { Base = HarnessOptions.TinyBase };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_folder_is_served()
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Fixture("affine"), Tiny, Token);

        Assert.Equal(("affine", "1.0.0"), (harness.PluginId, harness.Version));
        Assert.Empty(harness.Warnings);
        Assert.Equal("affine", Assert.Single(harness.Tasks).Id);
        Assert.Equal("ramp", Assert.Single(harness.Datasets.All).Descriptor.Id);
        Assert.Equal("""{"y":[3,-4,1,2],"s":-1}""", await harness.PredictAsync("affine", """{"x":[1,-2.5,0,0.5]}""", cancellationToken: Token));
        await harness.AssertExamplesWorkAsync(Token);
        Assert.Equal(ErrorCode.InvalidInput, (await Assert.ThrowsAsync<InvalidInputException>(() => harness.PredictAsync("affine", "{}", null, Token))).Code);
    }

    [Fact]
    public async Task A_good_plugin_keeps_everything_a_host_relies_on()
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Fixture("affine"), Tiny, Token);
        string[] requests = ["""{"x":[1,-2.5,0,0.5]}""", """{"x":[0,0,0,0]}""", """{"x":[4,3,2,1]}"""];

        await harness.AssertUnloadsAsync(cancellationToken: Token);
        await harness.AssertNoTensorLeakAsync(() => harness.PredictAsync("affine", requests[0], cancellationToken: Token), cancellationToken: Token);
        await harness.AssertBatchInvariantAsync("affine", requests, tolerance: 0, cancellationToken: Token);
    }

    [Theory]
    [InlineData("no-exports", "NoExports")]
    [InlineData("future-contract", "SharedVersionConflict")]
    public async Task A_folder_that_a_host_refuses_is_refused_with_its_reason(string fixture, string code)
    {
        var refusal = await Assert.ThrowsAsync<PluginTestException>(() => PluginHarness.LoadFolderAsync(Fixture(fixture), Tiny, Token));

        Assert.Contains(code, refusal.What, StringComparison.Ordinal);
        Assert.Contains(fixture, refusal.Where, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Remedy);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        var missing = Path.Combine(AppContext.BaseDirectory, "fixtures", "typo");

        var refusal = await Assert.ThrowsAsync<PluginTestException>(() => PluginHarness.LoadFolderAsync(missing, Token));

        Assert.Contains(missing, refusal.Message, StringComparison.Ordinal);
    }

    // The causes of platform.md 6 that this process survives without trace; a running thread would stay for the other tests.
    [Theory]
    [InlineData("leaky-json", "reflection JSON")]
    [InlineData("leaky-timer", "timer")]
    [InlineData("leaky-event", "event handler")]
    public async Task A_plugin_that_holds_itself_does_not_unload(string fixture, string suspect)
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Fixture(fixture), Tiny, Token);

        var failure = await Assert.ThrowsAsync<PluginTestException>(() => harness.AssertUnloadsAsync(rounds: 3, Token));

        Assert.Contains("round 1 of 3", failure.What, StringComparison.Ordinal);
        Assert.Contains($"Suspects: {suspect}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Telecom.Fixtures.Leaky.Leak", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_tensor_is_counted()
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Fixture("careless"), Tiny, Token);

        var failure = await Assert.ThrowsAsync<PluginTestException>(() => harness.AssertNoTensorLeakAsync(
            () => harness.PredictAsync("careless", """{"x":1}""", "hoarding", Token), 50, Token));
        await harness.AssertNoTensorLeakAsync(() => harness.PredictAsync("careless", """{"x":1}""", "careful", Token), 50, Token);

        Assert.Contains("50 answers left 50 tensors behind", failure.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_depends_on_its_neighbours_is_found()
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Fixture("careless"), Tiny, Token);
        string[] requests = ["""{"x":1}""", """{"x":5}"""];

        var failure = await Assert.ThrowsAsync<PluginTestException>(() =>
            harness.AssertBatchInvariantAsync("careless", requests, method: "centred", cancellationToken: Token));
        await harness.AssertBatchInvariantAsync("careless", requests, method: "careful", cancellationToken: Token);

        // Alone x − x = 0; together 1 − 3 = −2.
        Assert.Contains("Request 0", failure.What, StringComparison.Ordinal);
        Assert.Contains("/x is -2 instead of 0", failure.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_refused_ends_the_comparison_of_batches()
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Fixture("careless"), Tiny, Token);

        await Assert.ThrowsAsync<InvalidInputException>(() => harness.AssertBatchInvariantAsync(
            "careless", ["""{"x":1}""", """{"x":"one"}"""], cancellationToken: Token));
        await harness.PredictAsync("careless", """{"x":1}""", cancellationToken: Token);
    }

    [Fact]
    public async Task An_example_that_is_not_answered_is_found()
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Fixture("careless"), Tiny, Token);

        var failure = await Assert.ThrowsAsync<PluginTestException>(() => harness.AssertExamplesWorkAsync(Token));

        Assert.Contains("careless.example", failure.Where, StringComparison.Ordinal);
        Assert.Contains("/x", failure.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_plugins_come_along_and_the_clock_is_the_callers()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

        await using var harness = await PluginHarness.LoadFolderAsync(
            Fixture("careless"), Tiny with { With = [Fixture("affine")], Time = time }, Token);

        Assert.Equal(["affine", "careless", "careless.example"], harness.Tasks.Select(task => task.Id));
        Assert.All(harness.Runtime.Plugins, plugin => Assert.Equal(time.Start, plugin.Since));
    }

    [Fact]
    public async Task Nothing_of_a_harness_stays_on_disk()
    {
        string folder;
        await using (var harness = await PluginHarness.LoadFolderAsync(Fixture("affine"), Tiny, Token))
        {
            folder = Assert.Single(harness.Runtime.Plugins).Folder;
            Assert.True(Directory.Exists(folder));
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(folder))));
    }

    private static string Fixture(string id) => Path.Combine(AppContext.BaseDirectory, "fixtures", id);
}
