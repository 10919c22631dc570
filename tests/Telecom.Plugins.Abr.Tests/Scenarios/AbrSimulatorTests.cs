using System.Text.Json.Nodes;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Pool;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Settings;
using Telecom.Testing;

namespace Telecom.Plugins.Abr.Tests.Scenarios;

public sealed class AbrSimulatorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public AbrSimulatorTests() => folder.Write("flat", string.Concat(Enumerable.Range(0, 321).Select(second => FormattableString.Invariant($"{second} 2.0\n"))));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_replay_gives_the_steps_of_G1()
    {
        var root = SharedData.Folder("abr");
        var scenario = folder.Write("g1.json", """{"trace":"flat","video":"videos/video1","startPointer":1,"levels":[0,3,5,0]}""");

        var result = await RunAsync(scenario, root);

        Assert.Equal("0350", (string)result["levels"]!);
        var step = result["steps"]![2]!;
        Assert.Equal(["chunk", "level", "sizeBytes", "delayMs", "sleepMs", "rebufferS", "bufferS", "reward"], step.AsObject().Select(member => member.Key));
        Assert.Equal(9246.623157894737, (double)step["delayMs"]!, 1e-9);
        Assert.Equal(5.246623157894737, (double)step["rebufferS"]!, 1e-9);
        Assert.Equal(result["steps"]!.AsArray().Skip(1).Average(entry => (double)entry!["reward"]!), (double)result["qoe"]!, 1e-12);
    }

    [Fact]
    public async Task A_policy_plays_as_G4_says_and_the_option_goes_before_the_file()
    {
        var root = SharedData.Folder("abr");
        var scenario = folder.Write("g4.json", """{"trace":"flat","video":"videos/video1","policy":"bba"}""");

        Assert.Equal("001232333333333333333333333333333333333334233333", (string)(await RunAsync(scenario, root))["levels"]!);
        Assert.Equal("022333333333333333333333333333333333333333333344", (string)(await RunAsync(scenario, root, policy: "mpc"))["levels"]!);
        Assert.True((double)(await RunAsync(scenario, root, policy: "offline-bound"))["qoe"]! > 1.802810660694288);
    }

    [Fact]
    public async Task A_folder_means_all_of_its_scenarios()
    {
        var scenarios = Path.GetDirectoryName(folder.Write("all/b.json", """{"trace":"../flat","video":"sample","policy":"fixed2"}"""))!;
        folder.Write("all/a.json", """{"trace":"../flat","video":"sample","levels":[1]}""");

        var results = (await RunAsync(scenarios))["scenarios"]!.AsArray();

        Assert.Equal(["a.json", "b.json"], results.Select(result => (string)result!["scenario"]!));
        Assert.Null(results[0]!["qoe"]);
        Assert.Equal("0" + new string('2', 47), (string)results[1]!["levels"]!);
    }

    [Fact]
    public async Task Without_a_scenario_the_sessions_of_a_set_are_played()
    {
        var result = await RunAsync(null, policy: "bba,mpc", settings: [("video", "sample")]);

        Assert.Equal(60, result["sessions"]!.AsArray().Count);
        var summary = result["summary"]!.AsArray();
        Assert.Equal(["bba", "mpc"], summary.Select(row => (string)row!["policy"]!));
        Assert.Equal(
            result["sessions"]!.AsArray().Where(row => (string)row!["policy"]! == "mpc").Average(row => (double)row!["qoe"]!),
            (double)summary[1]!["qoe"]!,
            1e-12);
    }

    [Fact]
    public async Task A_pool_is_written_where_it_is_asked_for()
    {
        var path = Path.Combine(folder.Path, "pool");

        var result = await RunAsync(null, policy: "bba,mpc~uniform:0.5", settings: [("video", "sample"), ("pool", path), ("starts", "1")]);

        Assert.Equal(2 * 30 * 47, (int)result["records"]!);
        Assert.Equal(["bba", "mpc~uniform:0.5"], PoolFile.Read(path).Sources.Select(source => source.Policy));
    }

    [Theory]
    [InlineData("""{"video":"sample"}""", "/trace")]
    [InlineData("""{"trace":"flat","video":"sample","speed":1}""", "/speed")]
    [InlineData("""{"trace":"nope","video":"sample"}""", "'nope' does not exist")]
    [InlineData("""{"trace":"flat","video":"nope"}""", "sample")]
    [InlineData("""{"trace":"flat","video":"sample","startPointer":321}""", "from 1 to 320")]
    [InlineData("""{"trace":"flat","video":"sample","levels":[]}""", "/levels")]
    [InlineData("""{"trace":"flat","video":"sample","levels":[0,6]}""", "level 1 must be from 0 to 5")]
    [InlineData("""{"trace":"flat" """, "JSON")]
    public async Task Wrong_scenarios_are_refused(string scenario, string what)
    {
        var path = folder.Write("wrong.json", scenario);

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await RunAsync(path));

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_policy_is_not_found()
    {
        var path = folder.Write("scenario.json", """{"trace":"flat","video":"sample","policy":"nope"}""");

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await RunAsync(path));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
    }

    private static async Task<JsonObject> RunAsync(
        string? scenario, string? root = null, string? policy = null, params IEnumerable<(string Name, string Value)> settings)
    {
        var simulator = Benchmarks.Task.TypedSimulator!;
        return await simulator.RunAsync(
            new()
            {
                Scenario = scenario,
                Source = new(FixedCatalog.Shipped, root, null),
                Policy = policy,
                Settings = SettingValues.Create(simulator.Descriptor.Settings, settings.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))),
                Seed = 1,
                Methods = new Analytic(),
            },
            TestContext.Current.CancellationToken);
    }

    private sealed class Analytic : IMethodSource<AbrRequest, AbrDecision>
    {
        public ValueTask<IMethod<AbrRequest, AbrDecision>> GetAsync(string methodId, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Benchmarks.Task.MethodDefinition(methodId).Analytic!);
    }
}
