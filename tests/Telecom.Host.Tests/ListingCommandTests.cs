using System.IO.Compression;
using System.Text.Json.Nodes;
using Telecom.Host.Tests.Fakes;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Tests;

public sealed class ListingCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("telecom-listing-");

    private static string FirstParty => Path.Combine(AppContext.BaseDirectory, "plugins");

    [Fact]
    public async Task Tasks_show_says_everything_a_caller_needs()
    {
        var run = await CommandRun.OfAsync(new(), "tasks", "show", "echo", "--output", "json");

        var task = JsonNode.Parse(run.Output)!;
        Assert.Equal("double", (string?)task["default"]);
        Assert.Equal("""{"id":"plain","kind":"analytic","summary":"the number itself","settings":[]}""", task["methods"]![0]!.ToJsonString());
        Assert.Equal("""["made-up","measured-up"]""", task["datasets"]!.ToJsonString());
        Assert.Equal("number", (string?)task["requestSchema"]!["properties"]!["x"]!["type"]);
        Assert.Equal("number", (string?)task["responseSchema"]!["properties"]!["y"]!["type"]);
        Assert.Equal(1.5, (double?)task["example"]!["x"]);
        Assert.Equal("error", (string?)task["benchmark"]!["metrics"]![0]!["name"]);
    }

    [Theory]
    [InlineData("tasks", "Echo")]
    [InlineData("tasks list", "double")]
    [InlineData("tasks show echo", "twice the number")]
    [InlineData("datasets", "measured-up")]
    [InlineData("datasets show made-up", "number of users")]
    public async Task Tables_name_what_there_is(string line, string expected)
    {
        var run = await CommandRun.OfAsync(new(), line.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tasks show nope")]
    [InlineData("datasets show nope")]
    [InlineData("datasets fetch nope")]
    [InlineData("datasets fetch measured-up")]
    [InlineData("plugins verify no-such-folder")]
    [InlineData("models verify no-such-folder")]
    [InlineData("models info no-such-folder")]
    public async Task What_does_not_exist_gives_3(string line) =>
        Assert.Equal(3, (await CommandRun.OfAsync(new(), line.Split(' '))).ExitCode);

    [Fact]
    public async Task Generate_passes_folder_seed_and_settings_on()
    {
        var runtime = new FakeRuntime();

        var run = await CommandRun.OfAsync(runtime, "datasets", "generate", "made-up", "--out", folder.FullName, "--seed", "9", "--set", "users=2");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(folder.FullName + "\n", run.Output);
        Assert.Equal(" 50 %  writing  1/2\n", run.Error);
        var (directory, query) = runtime.FakeDatasets.MadeUp.Written!.Value;
        Assert.Equal((folder.FullName, 9, "2"), (directory, query.Seed, query.Settings["users"]));
    }

    [Theory]
    [InlineData("datasets generate measured-up --out x")]
    [InlineData("datasets generate made-up --out x --set nope=1")]
    [InlineData("datasets fetch made-up")]
    public async Task What_a_dataset_does_not_offer_is_wrong_usage(string line)
    {
        var runtime = new FakeRuntime();

        var run = await CommandRun.OfAsync(runtime, line.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Null(runtime.FakeDatasets.MadeUp.Written);
    }

    [Fact]
    public async Task Plugins_list_gives_code_and_reason_of_a_refusal()
    {
        var refused = Plugin("bad", "Rejected", ErrorCode.SharedVersionConflict, "too new");

        var run = await CommandRun.OfAsync(new() { Plugins = [refused] }, "plugins", "--output", "json");

        var expected = JsonNode.Parse(
            """
            {"items":[{"id":"bad","version":"1.0.0","state":"Rejected","code":"shared_version_conflict","reason":"too new","folder":"/p/bad",
                       "tasks":[],"datasets":[],"since":"2026-03-01T12:00:00Z"}]}
            """);
        Assert.Equal(expected!.ToJsonString(), JsonNode.Parse(run.Output)!.ToJsonString());
    }

    [Fact]
    public async Task Plugins_verify_accepts_the_staged_plugins()
    {
        var run = await CommandRun.OfAsync(new(), "plugins", "verify", FirstParty, "--output", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.All(JsonNode.Parse(run.Output)!["items"]!.AsArray(), plugin => Assert.Equal("Active", (string?)plugin!["state"]));
    }

    [Fact]
    public async Task Plugins_verify_explains_a_refusal_and_gives_5()
    {
        var bad = folder.CreateSubdirectory("bad");
        await File.WriteAllTextAsync(Path.Combine(bad.FullName, "plugin.json"), "{}", TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync(new(), "plugins", "verify", bad.FullName, "--output", "json");

        Assert.Equal(5, run.ExitCode);
        Assert.Equal("manifest_invalid", (string?)JsonNode.Parse(run.Output)!["items"]![0]!["code"]);
    }

    [Fact]
    public async Task Plugins_pack_writes_a_zip_of_the_folder()
    {
        var source = Directory.EnumerateDirectories(FirstParty).Order(StringComparer.Ordinal).First();
        var zip = Path.Combine(folder.FullName, "p.zip");

        var run = await CommandRun.OfAsync(new(), "plugins", "pack", source, "--out", zip);

        Assert.Equal(0, run.ExitCode);
        using var archive = await ZipFile.OpenReadAsync(zip, TestContext.Current.CancellationToken);
        Assert.Contains($"{Path.GetFileName(source)}/plugin.json", archive.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task Models_verify_lists_the_problems_of_a_folder_and_gives_5()
    {
        var run = await CommandRun.OfAsync(new(), "models", "verify", folder.FullName, "--output", "json");

        Assert.Equal(5, run.ExitCode);
        Assert.False((bool)JsonNode.Parse(run.Output)!["ok"]!);
        Assert.NotEmpty(JsonNode.Parse(run.Output)!["problems"]!.AsArray());
    }

    [Fact]
    public async Task Models_info_of_a_folder_without_weights_gives_5() =>
        Assert.Equal(5, (await CommandRun.OfAsync(new(), "models", "info", folder.FullName)).ExitCode);

    [Fact]
    public async Task Doctor_gives_a_remedy_for_everything_that_is_wrong()
    {
        var runtime = new FakeRuntime
        {
            Plugins = [Plugin("bad", "Rejected", ErrorCode.NoExports, "empty"), Plugin("good", "Active", null, null)],
            Models =
            [
                new("echo", "deep", null, "untrained", null, null, "not trained"),
                new("echo", "wide", "2", "faulted", "/m", null, "torn file"),
            ],
        };

        var run = await CommandRun.OfAsync(runtime, "doctor", "--output", "json");

        var document = JsonNode.Parse(run.Output)!;
        Assert.Equal(1, run.ExitCode);
        Assert.False((bool)document["ok"]!);
        var findings = document["findings"]!.AsArray();
        Assert.Equal(["error", "warning", "error"], findings.Select(finding => (string?)finding!["status"]).Where(status => status != "ok"));
        Assert.All(findings, finding => Assert.Equal((string?)finding!["status"] == "ok", finding["remedy"] is null));
        Assert.Contains("native library", findings.Select(finding => (string?)finding!["area"]));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static PluginStatus Plugin(string id, string state, ErrorCode? code, string? reason) => new()
    {
        Id = id,
        Version = "1.0.0",
        State = state,
        Code = code,
        Reason = reason,
        Folder = $"/p/{id}",
        Tasks = [],
        Datasets = [],
        Since = FakeRuntime.Now,
    };
}
