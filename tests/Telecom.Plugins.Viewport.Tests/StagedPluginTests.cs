using System.Globalization;
using Telecom.Plugins.Viewport.Tests.Learned;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Testing;

namespace Telecom.Plugins.Viewport.Tests;

/// <summary>
/// The folders as they are dropped into a host, in a host. Not beside a training: loading draws start weights from libtorch's one random generator.
/// </summary>
[Collection<LearnedGroup>]
public sealed class StagedPluginTests
{
    private const string Task = "viewport";

    // The platform's bound for answers alone and in a batch, relative (platform.md 7).
    private const double Tolerance = 1e-5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_task_plugin_unloads()
    {
        await using var harness = await LoadAsync();

        await harness.AssertUnloadsAsync(rounds: 20, Token);

        Assert.Empty(harness.Warnings);
    }

    [Theory]
    [InlineData("adapted")]
    [InlineData("network")]
    [InlineData("linear-regression")]
    public async Task Answers_leave_no_tensor_behind(string method)
    {
        await using var harness = await LoadAsync();

        await harness.AssertNoTensorLeakAsync(() => harness.PredictAsync(Task, Request(1), method, Token), iterations: 200, Token);
    }

    [Theory]
    [InlineData("adapted")]
    [InlineData("network")]
    [InlineData("hold")]
    public async Task An_answer_depends_on_its_own_request_alone(string method)
    {
        await using var harness = await LoadAsync();

        await harness.AssertBatchInvariantAsync(Task, [.. Enumerable.Range(0, 16).Select(Request)], Tolerance, method, Token);
    }

    [Fact]
    public async Task The_dataset_plugin_reads_and_unloads()
    {
        await using var harness = await PluginHarness.LoadFolderAsync(Folder("viewport-datasets"), Token);

        Assert.Equal(10, await CountSamplesAsync(harness));
        await harness.AssertUnloadsAsync(rounds: 20, Token);
    }

    // In a method of its own: an enumerator that is kept keeps the plugin.
    private static async Task<int> CountSamplesAsync(PluginHarness harness)
    {
        var dataset = harness.Datasets.Get<ViewportTrace>("head-motion");
        var query = new DatasetQuery { Split = "test", Settings = new Dictionary<string, string> { ["seconds"] = "2" } };
        await foreach (var trace in dataset.ReadAsync(query, Token))
        {
            return trace.Length;
        }

        return 0;
    }

    private static Task<PluginHarness> LoadAsync() => PluginHarness.LoadFolderAsync(Folder("viewport"), Token);

    private static string Folder(string id) => Path.Combine(AppContext.BaseDirectory, "plugins", id);

    // Ten samples at 5 Hz that turn at one of several speeds.
    private static string Request(int speed) => $$"""{"samples":[{{string.Join(',', Enumerable.Range(0, 10).Select(step => Sample(step, speed)))}}],"steps":20}""";

    private static string Sample(int step, int speed) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"t":{{Math.Round(step * 0.2, 1)}},"roll":0,"pitch":{{speed}},"yaw":{{step * speed}}}""");
}
