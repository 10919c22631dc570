using System.Text.Json;
using Telecom.Testing;

namespace Telecom.FunctionalTests;

/// <summary>Verbs with the real runtime and the staged plugins.</summary>
public sealed class CommandLineTests(HostFixture fixture) : IDisposable
{
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("telecom-cli-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evaluate_on_measured_data_gives_the_published_baselines()
    {
        var data = SharedData.Folder("viewport");

        var report = await JsonAsync("evaluate", "viewport", "--data", data, "--methods", "hold,velocity,linear-regression", "--output", "json");

        // viewport.md, table 8.2: Jin2022 shipped, 10/20; the last digit is rounded.
        Assert.Equal(data, report.GetProperty("data").GetString());
        Assert.Equal("test", report.GetProperty("split").GetString());
        Assert.Equal(882, report.GetProperty("cases").GetInt32());
        Assert.Equal(8.774, Metric(report, "hold", "mae_ref"), 5e-4);
        Assert.Equal(15.507, Metric(report, "velocity", "mae_ref"), 5e-4);
        Assert.Equal(17.224, Metric(report, "linear-regression", "mae_ref"), 5e-4);
        Assert.Equal(17.65, Metric(report, "hold", "great_circle_deg"), 5e-3);
    }

    [Fact]
    public async Task Evaluate_without_data_scores_all_methods_on_the_sample_dataset()
    {
        var report = await JsonAsync("evaluate", "viewport", "--output", "json", "--set", "dataset=HeadMotion");

        Assert.InRange(report.GetProperty("cases").GetInt32(), 1, int.MaxValue);
        Assert.Equal(
            ["hold", "damped-velocity", "velocity", "velocity-unwrap", "linear-regression", "linear-regression-unwrap", "network", "adapted"],
            report.GetProperty("methods").EnumerateArray().Select(row => row.GetProperty("method").GetString()));
        Assert.All(report.GetProperty("methods").EnumerateArray(), row =>
            Assert.Equal(row.GetProperty("status").GetString() == "ok", row.TryGetProperty("metrics", out _)));
    }

    [Fact]
    public async Task Rows_writes_one_line_per_case_and_method()
    {
        var rows = Path.Combine(state.FullName, "rows.csv");

        var report = await JsonAsync("evaluate", "viewport", "--methods", "hold,velocity", "--rows", rows, "--output", "json");

        Assert.Equal(1 + (2 * report.GetProperty("cases").GetInt32()), (await File.ReadAllLinesAsync(rows, Token)).Length);
    }

    [Fact]
    public async Task Predict_gives_what_the_running_host_gives()
    {
        var request = ViewportRequests.Of([1, 3, 6, 10, 15, 21, 28, 36, 45, 55], 20);

        var offline = await JsonAsync(request, ["predict", "viewport", "--method", "linear-regression-unwrap", "--input", "-"]);
        var online = await fixture.Host.Client.PostAsync($"{Http.Predictions}?method=linear-regression-unwrap", request);

        Assert.Equal(online.GetProperty("output").GetRawText(), offline.GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task Generated_data_can_be_evaluated_from_disk()
    {
        var folder = Path.Combine(state.FullName, "generated");
        await using var output = new StringWriter();
        await using var error = new StringWriter();

        var exitCode = await RunningHost.Run(
            ["datasets", "generate", "head-motion", "--out", folder, "--seed", "3", "--state", state.FullName], output, error, string.Empty, Token);
        Assert.True(exitCode == 0, error.ToString());
        var report = await JsonAsync(
            "evaluate", "viewport", "--data", folder, "--set", "dataset=HeadMotion", "--methods", "hold", "--output", "json");

        Assert.InRange(report.GetProperty("cases").GetInt32(), 1, int.MaxValue);
    }

    [Fact]
    public async Task A_bundle_that_is_named_answers_instead_of_the_shipped_one()
    {
        var request = ViewportRequests.Of(Enumerable.Range(0, 10).Select(i => 1.0 * i), 20);

        var shipped = await JsonAsync(request, ["predict", "viewport", "--method", "network", "--input", "-"]);
        var named = await JsonAsync(request, ["predict", "viewport", "--method", "network", "--bundle", Model("network"), "--input", "-"]);

        Assert.Equal(shipped.GetProperty("output").GetRawText(), named.GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task A_damaged_bundle_that_is_named_gives_5()
    {
        var copy = Directory.CreateDirectory(Path.Combine(state.FullName, "torn")).FullName;
        foreach (var file in Directory.EnumerateFiles(Model("network")))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await using (var weights = File.OpenWrite(Path.Combine(copy, "modules.safetensors")))
        {
            weights.SetLength(weights.Length / 2);
        }

        Assert.Equal(5, await FailAsync("predict", "viewport", "--method", "network", "--bundle", copy, "--input", "-"));
        Assert.Equal(5, await FailAsync("models", "info", copy));
    }

    [Theory]
    [InlineData("network")]
    [InlineData("adapted")]
    public async Task Models_info_describes_a_shipped_bundle(string method)
    {
        var info = await JsonAsync("models", "info", Model(method), "--output", "json");
        var check = await JsonAsync("models", "verify", Model(method), "--output", "json");

        Assert.Equal("bundle", info.GetProperty("kind").GetString());
        Assert.Equal(method, info.GetProperty("configuration").GetProperty("method").GetString());
        Assert.True(check.GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData(2, "evaluate", "viewport", "--set", "nope=1")]
    [InlineData(3, "evaluate", "nope")]
    [InlineData(3, "evaluate", "viewport", "--methods", "nope")]
    [InlineData(3, "evaluate", "viewport", "--data", "no-such-folder-nor-dataset")]
    [InlineData(3, "train", "viewport", "--method", "nope")]
    public async Task A_wrong_name_gives_its_exit_code_and_one_line(int expected, params string[] arguments) =>
        Assert.Equal(expected, await FailAsync([.. arguments, "--output", "json"]));

    public void Dispose() => state.Delete(recursive: true);

    private static double Metric(JsonElement report, string method, string metric) =>
        report.GetProperty("methods").EnumerateArray()
            .Single(row => row.GetProperty("method").GetString() == method)
            .GetProperty("metrics").GetProperty(metric).GetDouble();

    private static string Model(string method) => Path.Combine(AppContext.BaseDirectory, "plugins", "viewport", "model", method);

    private async Task<int> FailAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await RunningHost.Run([.. arguments, "--state", state.FullName], output, error, "{}", Token);
        Assert.Equal(string.Empty, output.ToString());
        Assert.Single(error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        return exitCode;
    }

    private Task<JsonElement> JsonAsync(params string[] arguments) => JsonAsync(string.Empty, arguments);

    private async Task<JsonElement> JsonAsync(string input, string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await RunningHost.Run([.. arguments, "--state", state.FullName], output, error, input, Token);
        Assert.True(exitCode == 0, error.ToString());
        return JsonDocument.Parse(output.ToString()).RootElement;
    }
}
