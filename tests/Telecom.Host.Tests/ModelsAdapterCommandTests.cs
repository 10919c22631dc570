using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Telecom.Host.Tests.Fakes;
using Telecom.Testing;

namespace Telecom.Host.Tests;

/// <summary>Adapters on the command line, on the recorded small Llama and its PEFT folders.</summary>
public sealed class ModelsAdapterCommandTests : IDisposable
{
    // Given with the recorded data.
    private const double Tolerance = 1e-4;

    private static readonly string Data = SharedData.Folder("adapters");
    private static readonly string Model = Path.Combine(Data, "tiny-llama");
    private static readonly string[] Supported = ["lora-qv-r4", "lora-rslora-patterns", "dora-r4", "shira-r2", "miss-r8"];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("telecom-adapters-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("mixed_batch")]
    [InlineData("mixed_padded")]
    public async Task Rows_use_their_own_adapters(string name)
    {
        // adapters.md 6, G11.
        var expected = Expected(name);
        string Raw(string member) => expected.GetProperty(member).GetRawText();
        var mask = expected.TryGetProperty("attention_mask", out _) ? $",\"attention_mask\":{Raw("attention_mask")}" : "";

        var answer = Answer(await ForwardAsync(
            $$"""{"input_ids":{{Raw("input_ids")}},"adapters":{{Raw("adapters")}}{{mask}}}""",
            [.. Supported.SelectMany(adapter => new[] { "--adapter", $"{adapter}={Peft(adapter)}" })]));

        Assert.Equal(expected.GetProperty("adapters").GetArrayLength(), answer.GetProperty("logits").GetArrayLength());
        foreach (var (last, logits) in expected.GetProperty("last_logits").EnumerateArray().Zip(answer.GetProperty("logits").EnumerateArray()))
        {
            AssertClose(last, logits);
        }
    }

    [Fact]
    public async Task Only_adapter_serves_rows_that_name_none_under_the_name_of_its_folder()
    {
        var ids = Expected("_prompt").GetProperty("input_ids").GetRawText();

        var unnamed = Answer(await ForwardAsync($$"""{"input_ids":{{ids}}}""", "--adapter", Peft("lora-qv-r4")));
        var named = Answer(await ForwardAsync($$"""{"input_ids":{{ids}},"adapters":["lora-qv-r4",null]}""", "--adapter", Peft("lora-qv-r4")));

        AssertClose(Expected("lora-qv-r4").GetProperty("row0_last"), unnamed.GetProperty("logits")[0]);
        AssertClose(Expected("lora-qv-r4").GetProperty("row1_last"), unnamed.GetProperty("logits")[1]);
        AssertClose(Expected("lora-qv-r4").GetProperty("row0_last"), named.GetProperty("logits")[0]);
        Assert.NotEqual(unnamed.GetProperty("logits")[1].GetRawText(), named.GetProperty("logits")[1].GetRawText());
    }

    [Fact]
    public async Task Hidden_states_and_greedy_tokens_come_in_the_order_of_the_rows()
    {
        string[] adapters = ["--adapter", $"a={Peft("lora-qv-r4")}", "--adapter", $"b={Peft("dora-r4")}"];
        var together = Answer(await ForwardAsync(
            """{"input_ids":[[9,8,7],[9,8,7],[9,8,7],[9,8,7]],"adapters":["a","b",null,"a"],"greedy":5,"hidden":true,"position_ids":[[0,1,2]]}""",
            adapters));

        foreach (var (adapter, row) in new[] { "\"a\"", "\"b\"", "null", "\"a\"" }.Select((adapter, row) => (adapter, row)))
        {
            var alone = Answer(await ForwardAsync(
                $$"""{"input_ids":[[9,8,7]],"adapters":[{{adapter}}],"greedy":5,"hidden":true}""", adapters));
            Assert.Equal(alone.GetProperty("tokens")[0].GetRawText(), together.GetProperty("tokens")[row].GetRawText());
            AssertClose(alone.GetProperty("logits")[0], together.GetProperty("logits")[row]);
            AssertClose(alone.GetProperty("hidden")[0][2], together.GetProperty("hidden")[row][2]);
        }
    }

    [Theory]
    [InlineData(3, "There is neither a folder", "--adapter", "no-such-adapter")]
    [InlineData(2, "gives the name 'a' twice", "--adapter", "a=PEFT/lora-qv-r4", "--adapter", "a=PEFT/dora-r4")]
    [InlineData(5, "/adapters/0: must be the name of an adapter, or null for the plain base: --adapter gives a, b.", "--adapter", "a=PEFT/dora-r4", "--adapter", "b=PEFT/lora-qv-r4")]
    [InlineData(5, "has no adapter: it needs adapter_config.json", "--adapter", "PEFT")]
    public async Task Wrong_adapters_give_the_exit_codes_of_the_contract(int exitCode, string error, params string[] adapters)
    {
        var run = await ForwardAsync(
            """{"input_ids":[[1]],"adapters":["c"]}""",
            [.. adapters.Select(text => text.Replace("PEFT", Path.Combine(Data, "peft"), StringComparison.Ordinal))]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imported_adapter_gets_versions_serves_by_name_and_is_exported_byte_for_byte()
    {
        var first = Answer(await RunAsync("models", "import", Peft("lora-qv-r4"), "--base", Model, "--name", "weather", "--output", "json"));
        var second = Answer(await RunAsync("models", "import", Peft("dora-r4"), "--base", Model, "--name", "weather", "--output", "json"));

        Assert.Equal((1, 2), (first.GetProperty("version").GetInt32(), second.GetProperty("version").GetInt32()));
        Assert.Equal(Path.Combine(folder.FullName, "state", "adapters", "weather", "1"), first.GetProperty("folder").GetString());
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], Files(first.GetProperty("folder").GetString()!));
        Assert.Equal(("lora", "dora"), (first.GetProperty("method").GetString(), second.GetProperty("method").GetString()));

        var prompt = $$"""{"input_ids":{{Expected("_prompt").GetProperty("input_ids").GetRawText()}}}""";
        AssertClose(Expected("dora-r4").GetProperty("row0_last"), Answer(await ForwardAsync(prompt, "--adapter", "weather")).GetProperty("logits")[0]);
        AssertClose(Expected("lora-qv-r4").GetProperty("row0_last"), Answer(await ForwardAsync(prompt, "--adapter", "weather@1")).GetProperty("logits")[0]);

        var target = Path.Combine(folder.FullName, "exported");
        Assert.Equal(0, (await RunAsync("models", "export", "weather@1", "--out", target)).ExitCode);
        Assert.All(Files(target), file => Assert.Equal(
            File.ReadAllBytes(Path.Combine(Peft("lora-qv-r4"), file)), File.ReadAllBytes(Path.Combine(target, file))));
        Assert.Equal(5, (await RunAsync("models", "export", "weather@1", "--out", target)).ExitCode);
        Assert.Equal(3, (await RunAsync("models", "export", "weather@3", "--out", Path.Combine(folder.FullName, "none"))).ExitCode);
    }

    [Fact]
    public async Task Import_lists_every_problem_on_its_own_line_and_leaves_nothing_behind()
    {
        var source = Copy("lora-qv-r4");
        Edit(source, "rank_pattern", """{"layers.0.self_attn.q_proj":8}""");
        Edit(source, "target_modules", """["q_proj","v_proj","o_proj"]""");
        var weights = Path.Combine(source, "adapter_model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        BitConverter.GetBytes(float.NaN).CopyTo(bytes.AsSpan(^4..));
        File.WriteAllBytes(weights, bytes);

        var run = await RunAsync("models", "import", source, "--base", Model);

        Assert.Equal((5, ""), (run.ExitCode, run.Output));
        var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.StartsWith(source, line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("layers.1.self_attn.v_proj.lora_B.weight' has values that are not finite", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("layers.0.self_attn.q_proj.lora_A.weight' is [4, 64], expected [8, 64]", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(line => line.Contains("o_proj.lora_A.weight' is missing", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(Path.Combine(folder.FullName, "state", "adapters")));
    }

    [Theory]
    [InlineData(2, "cannot name an adapter", "--name", "../up")]
    [InlineData(2, "cannot name an adapter", "--name", ".hidden")]
    public async Task Names_that_leave_the_store_are_refused(int exitCode, string error, params string[] options)
    {
        var run = await RunAsync(["models", "import", Peft("dora-r4"), "--base", Model, .. options]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapter_of_another_base_is_imported_only_when_that_is_allowed()
    {
        var source = Copy("lora-qv-r4");
        Edit(source, "base_fingerprint", $"\"{new string('0', 64)}\"");

        var refused = await RunAsync("models", "import", source, "--base", Model);
        var allowed = await RunAsync("models", "import", source, "--base", Model, "--allow-base-mismatch");

        Assert.Equal(5, refused.ExitCode);
        Assert.Contains(new string('0', 64), refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, allowed.ExitCode);
    }

    [Fact]
    public async Task Merged_adapter_adds_what_its_parts_add_and_a_base_can_take_it_in()
    {
        var (merged, into) = (Path.Combine(folder.FullName, "merged"), Path.Combine(folder.FullName, "into"));
        string[] parts = [Peft("lora-qv-r4"), Peft("lora-rslora-patterns")];

        Assert.Equal(0, (await RunAsync(["models", "merge", .. parts, "--base", Model, "--weights", "1,-0.5", "--out", merged])).ExitCode);
        Assert.Equal(0, (await RunAsync(["models", "merge", .. parts, "--base", Model, "--weights", "1,-0.5", "--into-base", "--out", into])).ExitCode);

        const string Prompt = """{"input_ids":[[3,14,15,92],[65,35,89,79]]}""";
        var asAdapter = Answer(await ForwardAsync(Prompt, "--adapter", merged)).GetProperty("logits");
        var asBase = Answer(await RunAsync(Prompt, "models", "forward", "--base", into, "--input", "-")).GetProperty("logits");
        var plain = Answer(await ForwardAsync(Prompt)).GetProperty("logits");
        AssertClose(asAdapter[0], asBase[0]);
        AssertClose(asAdapter[1], asBase[1]);
        Assert.NotEqual(plain[0].GetRawText(), asBase[0].GetRawText());
        Assert.Equal(0, (await RunAsync("models", "verify", into)).ExitCode);

        // q_proj of layer 0: 4 + 4 stacked; of layer 1: 4 + 6 (adapters/peft/lora-rslora-patterns).
        var configuration = JsonNode.Parse(File.ReadAllText(Path.Combine(merged, "adapter_config.json")))!;
        int RankAt(string path) => configuration["rank_pattern"]?[path]?.GetValue<int>() ?? configuration["r"]!.GetValue<int>();
        Assert.Equal(8, RankAt("model.layers.0.self_attn.q_proj"));
        Assert.Equal(10, RankAt("model.layers.1.self_attn.q_proj"));
    }

    [Fact]
    public async Task Lone_adapter_of_any_kind_goes_into_a_base()
    {
        var into = Path.Combine(folder.FullName, "into");
        Assert.Equal(0, (await RunAsync("models", "merge", Peft("dora-r4"), "--base", Model, "--into-base", "--out", into)).ExitCode);

        var answer = Answer(await RunAsync(
            $$"""{"input_ids":{{Expected("_prompt").GetProperty("input_ids").GetRawText()}}}""", "models", "forward", "--base", into, "--input", "-"));

        AssertClose(Expected("dora-r4").GetProperty("row0_last"), answer.GetProperty("logits")[0]);
    }

    [Theory]
    [InlineData(5, "the ranks at", "--method", "linear")]
    [InlineData(2, "has 1 numbers for 2 adapters", "--weights", "1")]
    [InlineData(2, "'x' is not a number", "--weights", "1,x")]
    [InlineData(2, "'average' not recognized", "--method", "average")]
    [InlineData(5, "density must be in (0, 1]", "--method", "ties_svd", "--density", "0")]
    [InlineData(2, "'0,5' of --density is not a number", "--method", "ties_svd", "--density", "0,5")]
    public async Task Merges_that_cannot_be_made_say_why(int exitCode, string error, params string[] options)
    {
        var target = Path.Combine(folder.FullName, "merged");
        var run = await RunAsync(
            ["models", "merge", Peft("lora-qv-r4"), Peft("lora-rslora-patterns"), "--base", Model, "--out", target, .. options]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(target));
    }

    [Theory]
    [InlineData("svd", "--rank", "3")]
    [InlineData("dare_ties_svd", "--density", "0.5", "--seed", "7")]
    public async Task Same_seed_gives_the_same_merged_bytes(string method, params string[] options)
    {
        string[] folders = [Path.Combine(folder.FullName, "one"), Path.Combine(folder.FullName, "two")];
        foreach (var target in folders)
        {
            Assert.Equal(0, (await RunAsync(
                ["models", "merge", Peft("lora-qv-r4"), Peft("lora-rslora-patterns"), "--base", Model, "--method", method, "--out", target, .. options])).ExitCode);
        }

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folders[0], "adapter_model.safetensors")),
            File.ReadAllBytes(Path.Combine(folders[1], "adapter_model.safetensors")));
    }

    [Fact]
    public async Task Damaged_folders_give_one_line_per_problem()
    {
        var source = Path.Combine(folder.FullName, "base");
        Directory.CreateDirectory(source);
        File.Copy(Path.Combine(Model, "config.json"), Path.Combine(source, "config.json"));
        var original = File.ReadAllBytes(Path.Combine(Model, "model.safetensors"));
        File.WriteAllBytes(Path.Combine(source, "model.safetensors"), original[..^100]);
        Edit(source, "hidden_act", "\"gelu\"", "config.json");

        foreach (var run in new[] { await RunAsync("models", "verify", source), await RunAsync("{}", "models", "forward", "--base", source, "--input", "-") })
        {
            Assert.Equal((5, ""), (run.ExitCode, run.Output));
            var lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, lines.Length);
            Assert.Contains("hidden_act 'gelu' is not supported", lines[0], StringComparison.Ordinal);
            Assert.Contains("it is truncated", lines[1], StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("forward")]
    [InlineData("import")]
    [InlineData("export")]
    [InlineData("merge")]
    [InlineData("verify")]
    [InlineData("info")]
    public async Task Help_shows_an_example(string verb)
    {
        var run = await RunAsync("models", verb, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"telecom models {verb} ", run.Output, StringComparison.Ordinal);
    }

    private static string Peft(string name) => Path.Combine(Data, "peft", name);

    private static IEnumerable<string> Files(string directory) => Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private Task<CommandRun> ForwardAsync(string request, params string[] options) =>
        RunAsync(request, ["models", "forward", "--base", Model, "--input", "-", .. options]);

    private Task<CommandRun> RunAsync(params string[] arguments) => arguments[0] == "models" ? RunAsync("", arguments) : RunAsync(arguments[0], arguments[1..]);

    private Task<CommandRun> RunAsync(string input, string[] arguments) =>
        CommandRun.OfAsync(new(), input, CancellationToken.None, [.. arguments, "--device", "cpu", "--state", Path.Combine(folder.FullName, "state")]);

    private string Copy(string name)
    {
        var target = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(target);
        foreach (var file in Files(Peft(name)))
        {
            File.Copy(Path.Combine(Peft(name), file), Path.Combine(target, file));
        }

        return target;
    }

    private static void Edit(string directory, string member, string json, string file = "adapter_config.json")
    {
        var path = Path.Combine(directory, file);
        var document = JsonNode.Parse(File.ReadAllText(path))!;
        document[member] = JsonNode.Parse(json);
        File.WriteAllText(path, document.ToJsonString());
    }

    private static JsonElement Expected(string member) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Data, "peft", "expected.json"))).RootElement.GetProperty(member);

    private static JsonElement Answer(CommandRun run)
    {
        Assert.Equal(string.Empty, run.Error);
        Assert.Equal(0, run.ExitCode);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static void AssertClose(JsonElement expected, JsonElement actual)
    {
        Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
        Assert.All(expected.EnumerateArray().Zip(actual.EnumerateArray()), pair => Assert.True(
            Math.Abs(pair.First.GetDouble() - pair.Second.GetDouble()) <= Tolerance,
            string.Create(CultureInfo.InvariantCulture, $"{pair.First} and {pair.Second} differ by more than {Tolerance}.")));
    }
}
