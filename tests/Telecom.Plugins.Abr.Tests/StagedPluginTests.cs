using System.Text.Json.Nodes;
using Telecom.Plugins.Abr.Tests.Learned;
using Telecom.Sdk.Testing;

namespace Telecom.Plugins.Abr.Tests;

/// <summary>
/// The folders as they are dropped into a host, in a host. Not beside a training: loading draws start weights from libtorch's one random generator.
/// </summary>
[Collection<LearnedGroup>]
public sealed class StagedPluginTests
{
    private const string Task = "abr";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("abr")]
    [InlineData("abr-datasets")]
    public async Task A_plugin_unloads(string id)
    {
        await using var harness = await LoadAsync(id);

        await harness.AssertUnloadsAsync(rounds: 20, Token);

        Assert.Empty(harness.Warnings);
    }

    [Theory]
    [InlineData("mpc")]
    [InlineData("bola")]
    [InlineData("rate")]
    public async Task An_answer_depends_on_its_own_request_alone(string method)
    {
        await using var harness = await LoadAsync("abr");
        var example = harness.Tasks[0].Example.ToJsonString();

        // Rules compute row by row: nothing may differ at all.
        await harness.AssertBatchInvariantAsync(Task, [.. Enumerable.Range(0, 16).Select(index => WithBuffer(example, 2.0 * index))], 0, method, Token);
    }

    [Fact]
    public async Task Answers_leave_no_tensor_behind()
    {
        await using var harness = await LoadAsync("abr");
        var example = harness.Tasks[0].Example.ToJsonString();

        await harness.AssertNoTensorLeakAsync(() => harness.PredictAsync(Task, example, null, Token), iterations: 200, Token);
    }

    private static Task<PluginHarness> LoadAsync(string id) =>
        PluginHarness.LoadFolderAsync(Path.Combine(AppContext.BaseDirectory, "plugins", id), Token);

    private static string WithBuffer(string example, double seconds)
    {
        var request = JsonNode.Parse(example)!;
        request["bufferSeconds"] = seconds;
        return request.ToJsonString();
    }
}
