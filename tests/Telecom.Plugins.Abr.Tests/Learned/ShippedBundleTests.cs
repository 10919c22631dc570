using Telecom.Modeling.Bundles;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Runtime.Evaluation;
using Telecom.Testing;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>The policies that ship with the plugin, on measured traces that their training did not see (section 9.2).</summary>
[Collection<LearnedGroup>]
public sealed class ShippedBundleTests(LearnedLab lab)
{
    // Files of the plugin project reach the output of projects that refer to it.
    private static readonly string PluginFolder = AppContext.BaseDirectory;

    [Theory]
    [InlineData("network")]
    [InlineData("adapted")]
    public async Task Shipped_policies_beat_mpc_on_test_traces_an_unseen_video_and_an_unseen_network(string method)
    {
        var data = SharedData.Folder("abr");
        Assert.SkipUnless(
            Bundle.Exists(Path.Combine(PluginFolder, "model", method)), $"The plugin ships no bundle of '{method}' yet: model/{method} is missing beside the tests.");
        var request = new EvaluationRequest
        {
            Task = "abr",
            Data = data,
            Methods = [method],
            Settings = new Dictionary<string, string> { ["set"] = "fcc-test,synth", ["video"] = "video1,video2" },
        };

        var report = await new Evaluator<AbrRequest, AbrDecision>(lab.Services, Benchmarks.Task, PluginFolder)
            .RunAsync(request, null, TestContext.Current.CancellationToken);

        Assert.Equal("ok", report.Methods.Single().Status);
        var qoe = report.Groups.ToDictionary(group => group.Name, group => group.Methods.Single().Metrics["qoe"]);

        // T2 and T3 of section 9.2; the figures of mpc stand in its table.
        Assert.True(qoe["fcc-test/video1"] >= 1.02, $"fcc-test/video1 {qoe["fcc-test/video1"]}");
        Assert.True(qoe["fcc-test/video2"] >= 0.835, $"fcc-test/video2 {qoe["fcc-test/video2"]}");
        Assert.True(qoe["synth/video1"] >= 1.34, $"synth/video1 {qoe["synth/video1"]}");
        Assert.True(qoe["synth/video2"] >= 1.1119, $"synth/video2 {qoe["synth/video2"]}");
    }
}
