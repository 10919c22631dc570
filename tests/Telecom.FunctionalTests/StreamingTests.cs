using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Telecom.Testing;

namespace Telecom.FunctionalTests;

/// <summary>The streaming task in the real host: one decision, a live session, tensors, and the verbs of its simulator.</summary>
public sealed class StreamingTests(HostFixture fixture) : IDisposable
{
    private const string Predictions = "/api/v1/tasks/abr/predictions";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("telecom-streaming-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client => fixture.Host.Client;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_example_is_answered_and_wrong_members_are_named()
    {
        var task = await Client.GetAsync("/api/v1/tasks/abr", HttpStatusCode.OK);

        var answer = await Client.PostAsync($"{Predictions}?method=mpc", task.GetProperty("example").GetRawText());
        var refusal = await Client.PostAsync(
            Predictions, """{"videoId":"sample","chunkIndex":48,"lastLevel":6,"bufferSeconds":65}""", HttpStatusCode.BadRequest);

        Assert.InRange(answer.GetProperty("output").GetProperty("level").GetInt32(), 0, 5);
        Assert.Equal("mpc", answer.GetProperty("output").GetProperty("policy").GetString());
        Assert.False(answer.TryGetProperty("session", out _));
        Assert.Equal(
            ["/chunkIndex", "/lastLevel", "/bufferSeconds"],
            refusal.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task A_player_may_ask_chunk_after_chunk()
    {
        var session = "new";
        for (var chunk = 1; chunk <= 12; chunk++)
        {
            var answer = await Client.PostAsync($"{Predictions}?method=mpc&session={session}", Step(chunk));
            session = answer.GetProperty("session").GetString()!;
        }

        // A download that is left out is missed; a request may be sent again.
        var gap = await Client.PostAsync($"{Predictions}?method=mpc&session={session}", Step(14), HttpStatusCode.BadRequest);
        var again = await Client.PostAsync($"{Predictions}?method=mpc&session={session}", Step(12));
        var unknown = await Client.PostAsync($"{Predictions}?session=0123", Step(13), HttpStatusCode.NotFound);
        await Client.PostAsync($"{Predictions}?session=new", $"[{Step(1)}]", HttpStatusCode.BadRequest);
        await Client.PostAsync($"{Http.Predictions}?session=new", ViewportRequests.Of([10, 20]), HttpStatusCode.BadRequest);

        Assert.Equal("/history", gap.GetProperty("errors")[0].GetProperty("pointer").GetString());
        Assert.Equal(session, again.GetProperty("session").GetString());
        Assert.Contains("session=new", unknown.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tensors_give_the_levels_of_documents()
    {
        var sizes = Enumerable.Range(0, 3).SelectMany(level => Enumerable.Repeat(200_000 * (level + 1), 8));
        var body = new JsonObject
        {
            ["inputs"] = new JsonArray(
                Tensor("chunk_index", "INT32", [1, 1], 3),
                Tensor("last_level", "INT32", [1, 1], 1),
                Tensor("buffer_seconds", "FP64", [1, 1], 7.5),
                Tensor("history", "FP64", [1, 2, 2], 200_000, 500, 400_000, 900),
                Tensor("ladder_kbps", "FP64", [1, 3], 400, 800, 1200),
                Tensor("sizes_bytes", "INT32", [1, 3, 8], [.. sizes.Select(size => (double)size)])),
        };

        var answer = await Client.PostAsync("/v2/models/abr/infer", body.ToJsonString());

        var level = answer.GetProperty("outputs")[0].GetProperty("data")[0].GetInt32();
        Assert.Equal("level", answer.GetProperty("outputs")[0].GetProperty("name").GetString());
        Assert.Equal(400.0 * (level + 1), answer.GetProperty("outputs")[1].GetProperty("data")[0].GetDouble());
    }

    [Fact]
    public async Task Evaluate_without_data_scores_every_policy_and_the_bound()
    {
        var report = await JsonAsync("evaluate", "abr", "--output", "json");

        var rows = report.GetProperty("methods").EnumerateArray().ToDictionary(row => row.GetProperty("method").GetString()!);
        Assert.Equal(30, report.GetProperty("cases").GetInt32());
        Assert.Equal("bound", rows["offline-bound"].GetProperty("kind").GetString());
        Assert.True(Qoe(rows["offline-bound"]) > Qoe(rows["mpc"]));
        Assert.True(Qoe(rows["mpc"]) > Qoe(rows["bba"]));
    }

    [Fact]
    public async Task Evaluate_on_measured_traces_gives_the_recorded_means()
    {
        var data = SharedData.Folder("abr");

        var report = await JsonAsync("evaluate", "abr", "--data", data, "--methods", "mpc,mpc-jump", "--set", "video=video2", "--output", "json");

        var rows = report.GetProperty("methods").EnumerateArray().ToDictionary(row => row.GetProperty("method").GetString()!);
        Assert.Equal(2, rows.Count);
        Assert.Equal(0.802598412, Qoe(rows["mpc"]), 1e-6);
        Assert.Equal(0.669586812, Qoe(rows["mpc-jump"]), 1e-6);
    }

    [Fact]
    public async Task Simulate_plays_a_scenario()
    {
        var trace = Path.Combine(folder.FullName, "flat");
        var scenario = Path.Combine(folder.FullName, "scenario.json");
        await File.WriteAllTextAsync(trace, "0 3\n1000 3\n", Token);
        await File.WriteAllTextAsync(scenario, """{"trace":"flat","video":"sample","levels":[0,1,2]}""", Token);

        var replay = await JsonAsync("simulate", "abr", "--scenario", scenario);
        var played = await JsonAsync("simulate", "abr", "--scenario", scenario, "--policy", "bola");

        Assert.Equal("012", replay.GetProperty("levels").GetString());
        Assert.Equal(3, replay.GetProperty("steps").GetArrayLength());
        Assert.Equal(48, played.GetProperty("levels").GetString()!.Length);
        Assert.Equal(3, await RunAsync("simulate", "viewport", "--scenario", scenario));
        Assert.Equal(3, await RunAsync("simulate", "abr", "--scenario", scenario + ".missing"));
        await File.WriteAllTextAsync(trace, "0 3\n1000 -3\n", Token);
        Assert.Equal(5, await RunAsync("simulate", "abr", "--scenario", scenario));
    }

    [Fact]
    public async Task A_generated_root_is_scored_like_a_measured_one()
    {
        var root = Path.Combine(folder.FullName, "root");
        Assert.Equal(0, await RunAsync("datasets", "generate", "synth", "--out", root, "--seed", "5", "--set", "test-traces=3"));

        var report = await JsonAsync(
            "evaluate", "abr", "--data", root, "--split", "test", "--set", "set=test", "--set", "video=sample", "--methods", "bba", "--output", "json");

        Assert.Equal(3, report.GetProperty("cases").GetInt32());
    }

    private static double Qoe(JsonElement row) => row.GetProperty("metrics").GetProperty("qoe").GetDouble();

    private static string Step(int chunk) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"videoId":"sample","chunkIndex":{{chunk}},"lastLevel":1,"bufferSeconds":8.5,"history":[{"sizeBytes":390000,"delayMs":{{1500 + chunk}}}]}""");

    private static JsonObject Tensor(string name, string type, int[] shape, params double[] values) => new()
    {
        ["name"] = name,
        ["datatype"] = type,
        ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
        ["data"] = new JsonArray([.. values.Select(value => (JsonNode)(type == "INT32" ? (int)value : value))]),
    };

    private async Task<int> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        return await RunningHost.Run([.. arguments, "--state", Path.Combine(folder.FullName, "state")], output, error, string.Empty, Token);
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await RunningHost.Run([.. arguments, "--state", Path.Combine(folder.FullName, "state")], output, error, string.Empty, Token);
        Assert.True(exitCode == 0, error.ToString());
        return JsonDocument.Parse(output.ToString()).RootElement;
    }
}
