using Telecom.Modeling.Bundles;
using Telecom.Plugins.Viewport.Contracts;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Runtime.Evaluation;
using Telecom.Testing;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>The bundles that ship with the plugin, on the measured test windows (section 8.3).</summary>
[Collection<LearnedGroup>]
public sealed class ShippedBundleTests(LearnedLab lab)
{
    // Files of the plugin project reach the output of projects that refer to it.
    private static readonly string PluginFolder = AppContext.BaseDirectory;

    [Fact]
    public async Task Learned_methods_reach_their_targets_on_Jin2022()
    {
        var mae = await ScoreAsync("Jin2022", windows: 882);

        Assert.True(mae["network"] <= 8.2, $"network {mae["network"]}");
        Assert.True(mae["adapted"] <= 8.3, $"adapted {mae["adapted"]}");
        Assert.True(Math.Abs(mae["network"] - mae["adapted"]) <= 0.15, $"network {mae["network"]}, adapted {mae["adapted"]}");
        Assert.True(Math.Max(mae["network"], mae["adapted"]) < mae["damped-velocity"]);
    }

    [Fact]
    public async Task Learned_methods_hold_on_Wu2017_without_training_there()
    {
        var mae = await ScoreAsync("Wu2017", windows: 828);

        Assert.True(mae["network"] <= 10.15, $"network {mae["network"]}");
        Assert.True(mae["adapted"] <= 10.15, $"adapted {mae["adapted"]}");
        Assert.True(Math.Max(mae["network"], mae["adapted"]) < mae["damped-velocity"]);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("adapted")]
    public void Cards_name_data_seed_command_and_metric(string method)
    {
        var card = Bundle.Open(Shipped(method)).Card;

        Assert.Equal(("viewport", method), (card.Task, card.Method));
        Assert.StartsWith("Jin2022: train ", card.Data, StringComparison.Ordinal);
        Assert.True(card.Seed > 0);
        Assert.Contains("train viewport", card.Command, StringComparison.Ordinal);
        Assert.True(card.Metrics["valid_mae_ref"] < card.Metrics["valid_mae_ref_untrained"]);
        Assert.NotEmpty(card.Licence);
    }

    private static string Shipped(string method)
    {
        var folder = Path.Combine(PluginFolder, "model", method);
        Assert.SkipUnless(Bundle.Exists(folder), $"The plugin ships no bundle of '{method}' yet: model/{method} is missing beside the tests.");
        return folder;
    }

    private async Task<Dictionary<string, double>> ScoreAsync(string dataset, int windows)
    {
        var data = SharedData.Folder("viewport");
        string[] methods = ["damped-velocity", "network", "adapted"];
        foreach (var method in methods[1..])
        {
            Shipped(method);
        }

        var request = new EvaluationRequest
        {
            Task = "viewport",
            Data = data,
            Methods = methods,
            Settings = new Dictionary<string, string> { ["dataset"] = dataset },
        };
        var report = await new Evaluator<ViewportRequest, ViewportForecast>(lab.Services, Benchmarks.Task, PluginFolder)
            .RunAsync(request, null, TestContext.Current.CancellationToken);

        Assert.Equal(windows, report.Cases);
        Assert.All(report.Methods, method => Assert.Equal((method.Method, "ok"), (method.Method, method.Status)));
        return report.Methods.ToDictionary(method => method.Method, method => method.Metrics!["mae_ref"]);
    }
}
