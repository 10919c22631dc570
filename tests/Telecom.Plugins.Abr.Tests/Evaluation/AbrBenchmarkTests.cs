using System.Globalization;
using Telecom.Plugins.Abr.Contracts;
using Telecom.Plugins.Abr.Evaluation;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Methods;
using Telecom.Testing;

namespace Telecom.Plugins.Abr.Tests.Evaluation;

public sealed class AbrBenchmarkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scores_are_those_of_the_recorded_summary()
    {
        var root = SharedData.Folder("abr");
        var rows = (await File.ReadAllLinesAsync(Path.Combine(root, "golden_summary.csv"), Token)).Skip(1).Select(line => line.Split(',')).ToList();
        var run = await Benchmarks.PrepareAsync(root, "test", ("set", "fcc-test,synth"), ("video", "video1,video2"));

        Assert.Equal(160, run.Cases);
        foreach (var policy in Benchmarks.Task.Methods.Where(method => method.Kind == MethodKind.Analytic).Select(method => method.Id))
        {
            var groups = run.Score(policy).Groups.ToDictionary(group => group.Name);
            foreach (var row in rows.Where(row => row[2] == policy))
            {
                // golden_summary.csv has nine decimals.
                var group = groups[$"{row[0]}/{row[1]}"];
                Assert.Equal(int.Parse(row[3], CultureInfo.InvariantCulture), group.Cases);
                Assert.Equal(Number(row[4]), group.Metrics["qoe"], 1e-6);
                Assert.Equal(Number(row[5]), group.Metrics["bitrate_mbps"], 1e-9);
                Assert.Equal(Number(row[6]), group.Metrics["rebuffer_s"], 1e-9);
                Assert.Equal(Number(row[7]), group.Metrics["smoothness_mbps"], 1e-9);
            }
        }
    }

    [Fact]
    public async Task Rows_are_those_of_the_recorded_sessions_to_the_last_character()
    {
        var root = SharedData.Folder("abr");
        var lines = await File.ReadAllLinesAsync(Path.Combine(root, "golden_sessions.csv"), Token);
        var run = await Benchmarks.PrepareAsync(root, "synth", ("video", "video2"));
        var rows = new List<string>();

        run.Score("mpc", fields => rows.Add(string.Join(',', fields)));

        Assert.Equal(lines[0], string.Join(',', run.RowColumns));
        Assert.Equal("policy", run.MethodColumn);
        Assert.Equal(
            lines.Where(line => line.StartsWith("synth,video2,", StringComparison.Ordinal)).Where(line => line.Split(',')[4] == "mpc"),
            rows.Select(row => string.Join(',', row.Split(',').Select((field, i) => i == 4 ? "mpc" : field))));
    }

    [Fact]
    public async Task The_bound_stands_above_every_policy_in_every_session()
    {
        var run = await Benchmarks.PrepareAsync(null, "test", ("video", "sample"));
        var bound = new List<string>();
        run.ScoreBound("offline-bound", fields => bound.Add(fields[5]), null, Token);

        foreach (var policy in Benchmarks.Task.Methods.Where(method => method.Kind == MethodKind.Analytic))
        {
            var rows = new List<string>();
            run.Score(policy.Id, fields => rows.Add(fields[5]));
            Assert.All(bound.Zip(rows), pair => Assert.True(Number(pair.First) >= Number(pair.Second)));
        }

        Assert.Equal(["offline-bound"], Benchmarks.Task.Benchmark!.Bounds);
    }

    [Fact]
    public async Task Outages_count_in_no_mean()
    {
        var root = SharedData.Folder("abr");
        var alone = await Benchmarks.PrepareAsync(root, "fcc-test");
        var together = await Benchmarks.PrepareAsync(root, "test", ("set", "fcc-test,outage"));
        var outages = await Benchmarks.PrepareAsync(root, "outage");
        var rows = 0;

        var score = together.Score("mpc", _ => rows++);

        Assert.Equal(alone.Score("mpc").Metrics, score.Metrics);
        Assert.Equal(55, rows);
        Assert.Equal(["fcc-test/video1", "outage/video1"], score.Groups.Select(group => group.Name));
        Assert.Equal(["chunk_qoe_median", "rebuffer_share"], score.Groups[1].Metrics.Keys);
        Assert.Equal(["chunk_qoe_median", "rebuffer_share"], outages.Score("mpc").Metrics.Keys);
        Assert.All(outages.Score("fixed3").Metrics.Values, value => Assert.True(double.IsFinite(value)));
        Assert.Contains(together.Notes, note => note.Contains("count in no mean", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_gain_over_a_policy_is_a_paired_interval()
    {
        var root = SharedData.Folder("abr");
        var run = await Benchmarks.PrepareAsync(root, "test");

        var mpc = run.Score("mpc").Metrics;
        var jump = run.Score("mpc-jump").Metrics;

        Assert.Equal((0, 0, 0), (mpc["qoe_gain"], mpc["qoe_gain_low"], mpc["qoe_gain_high"]));
        Assert.Equal(jump["qoe"] - mpc["qoe"], jump["qoe_gain"], 1e-12);

        // The page states 0.152 ± 0.036 over 100 traces, of which these are one half: a normal interval is about ± 0.1 wide.
        Assert.InRange(jump["qoe_gain_low"], jump["qoe_gain"] - 0.2, jump["qoe_gain"] - 0.02);
        Assert.InRange(jump["qoe_gain_high"], jump["qoe_gain"] + 0.02, jump["qoe_gain"] + 0.2);
        Assert.True(jump["qoe_gain_high"] < 0);
    }

    [Fact]
    public async Task Order_and_parallelism_change_nothing()
    {
        var set = await SampleSetAsync(noise: 0.1);
        var policy = Samples.Policy("mpc");
        var alone = BatchSimulation.Play(set, _ => policy, 3, 1, null, Token);
        var parallel = BatchSimulation.Play(set, _ => policy, 3, 8, null, Token);
        var reversed = BatchSimulation.Play(set with { Sessions = [.. set.Sessions.Reverse()] }, _ => policy, 3, 2, null, Token).Reverse().ToArray();
        var sessions = set.Sessions.Select(spec => new PlaySession(spec, set.Profile, 3)).ToArray();
        LockStep.Play(sessions, set.Profile, Benchmarks.Task.MethodDefinition("mpc").Analytic!, null, null, Token);

        for (var i = 0; i < alone.Length; i++)
        {
            string[] rows = [Row(alone[i]), Row(parallel[i]), Row(reversed[i]), Row(sessions[i].Summarise())];
            Assert.Single(rows.Distinct());
            Assert.Equal(alone[i].Rewards, parallel[i].Rewards);
            Assert.Equal(alone[i].Rewards, reversed[i].Rewards);
            Assert.Equal(alone[i].Rewards, sessions[i].Summarise().Rewards);
        }

        string Row(SessionSummary summary) => string.Join(',', SessionRow.Of(set.Sessions[0], "mpc", summary));
    }

    [Fact]
    public async Task The_published_mode_depends_on_the_order_and_the_usual_one_does_not()
    {
        var set = await SampleSetAsync(noise: 0);
        var published = set with { Profile = set.Profile with { IsPublishedPlanner = true } };
        var policy = Samples.Policy("mpc-jump");

        var fresh = BatchSimulation.Play(set, _ => policy, 1, 1, null, Token);
        var carried = BatchSimulation.Play(published, _ => policy, 1, 8, null, Token);

        Assert.Equal(fresh[0].LevelString, carried[0].LevelString);
        Assert.NotEqual(fresh.Select(session => session.LevelString), carried.Select(session => session.LevelString));

        var run = await Benchmarks.PrepareAsync(null, "test", ("video", "sample"), ("compat", "netllm"));
        var rows = new List<string>();
        run.Score("mpc", fields => rows.Add(fields[^1]));
        Assert.Equal(carried.Select(session => session.LevelString), rows);
    }

    [Fact]
    public async Task A_batch_tells_its_progress_and_stops_when_asked()
    {
        var set = await SampleSetAsync(noise: 0);
        using var source = new CancellationTokenSource();
        var reports = new List<long>();
        var progress = new Reports(report =>
        {
            reports.Add(report.Done);
            if (report.Done == 3)
            {
                source.Cancel();
            }
        });

        Assert.ThrowsAny<OperationCanceledException>(() => BatchSimulation.Play(set, _ => Samples.Policy("bba"), 1, 1, progress, source.Token));
        Assert.Equal([1, 2, 3], reports);
    }

    [Fact]
    public async Task A_level_that_does_not_exist_is_the_fault_of_its_method()
    {
        var run = await Benchmarks.PrepareAsync(null, "test", ("video", "sample"));

        var exception = Assert.Throws<TelecomException>(() => run.Score(new Broken(), null, null, Token));

        Assert.Equal(ErrorCode.PluginFault, exception.Code);
    }

    [Fact]
    public async Task Videos_of_the_plugin_stand_in_where_the_data_bring_none()
    {
        using var folder = new TemporaryFolder();
        folder.Write("traces/fcc-test/a", "0 1\n100 2\n");

        var run = await Benchmarks.PrepareAsync(folder.Path, "test");

        Assert.Equal("sample", run.Settings["video"]);
        Assert.Contains(run.Notes, note => note.Contains("generated video 'sample'", StringComparison.Ordinal));
        Assert.Contains(run.Notes, note => note.Contains("no start pointer", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("set", "nope", ErrorCode.DataRejected)]
    [InlineData("set", "", ErrorCode.DataRejected)]
    [InlineData("against", "nope", ErrorCode.NotFound)]
    [InlineData("noise", "1", ErrorCode.InvalidInput)]
    [InlineData("compat", "pensieve", ErrorCode.InvalidInput)]
    [InlineData("first-level", "6", ErrorCode.InvalidInput)]
    [InlineData("video", "", ErrorCode.InvalidInput)]
    public async Task Wrong_settings_are_refused(string name, string value, ErrorCode code)
    {
        using var folder = new TemporaryFolder();
        folder.Write("traces/fcc-test/a", "0 1\n100 2\n");

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await Benchmarks.PrepareAsync(folder.Path, "test", (name, value)));

        Assert.Equal(code, exception.Code);
    }

    [Fact]
    public void An_interval_of_equal_differences_is_a_point_and_a_wide_one_holds_the_mean()
    {
        Assert.Equal((0.5, 0.5, 0.5), PairedBootstrap.Interval([0.5, 0.5, 0.5], 1));

        // Mean of 400 uniform numbers: standard error 1 / sqrt(12 * 400) = 0.0144, interval about ± 0.028.
        var random = new Random(9);
        var (mean, low, high) = PairedBootstrap.Interval([.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())], 1);
        Assert.Equal(1.96 * 0.0144, (high - low) / 2, 0.003);
        Assert.InRange(mean, low, high);
    }

    private static async Task<SessionSet> SampleSetAsync(double noise)
    {
        var links = await SessionLoader.ReadLinksAsync(new(FixedCatalog.Shipped, null, null), "test", 1, Token);
        var video = await Samples.SampleVideoAsync();
        return new(
            [.. links.Select((link, i) => new SessionSpec(link, video, SessionLoader.Start(link), i))], AbrProfile.NetLlm with { DelayNoise = noise }, []);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Broken : IMethod<AbrRequest, AbrDecision>
    {
        public void Predict(ReadOnlySpan<AbrRequest> batch, Span<AbrDecision> results)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                results[i] = new() { Level = 6, BitrateKbps = 0, Policy = "broken" };
            }
        }
    }

    private sealed class Reports(Action<Telecom.Sdk.Training.ProgressReport> told) : IProgress<Telecom.Sdk.Training.ProgressReport>
    {
        public void Report(Telecom.Sdk.Training.ProgressReport value) => told(value);
    }
}
