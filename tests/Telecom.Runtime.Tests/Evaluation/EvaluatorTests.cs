using Telecom.Modeling.Bundles;
using Telecom.Runtime.Evaluation;
using Telecom.Runtime.Tasks;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Runtime.Training;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Evaluation;

public sealed class EvaluatorTests
{
    [Fact]
    public async Task Report_shows_scored_untrained_and_failed_methods_side_by_side()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted", "network");
        File.WriteAllBytes(Path.Combine(host.StateFolder, "bundles", "toy-first", "network", "1", BundleLayout.Modules), [1]);

        var report = await EvaluateAsync(server);

        Assert.Equal(
            ["sum analytic ok", "network network failed", "adapted adapted ok", "steps adapted untrained", "unbuildable network untrained"],
            report.Methods.Select(method => $"{method.Method} {method.Kind} {method.Status}"));
        Assert.Equal(0, report.Methods[0].Metrics!["mae"]);
        Assert.True(report.Methods[2].Metrics!["mae"] > 0);
        Assert.True(report.Methods[2].MicrosecondsPerCase > 0);
        Assert.Contains(BundleLayout.Modules, report.Methods[1].Reason, StringComparison.Ordinal);
        Assert.Contains("telecom train toy-first --method steps", report.Methods[3].Reason, StringComparison.Ordinal);
        Assert.All(report.Methods.Where(method => method.Status != "ok"), method => Assert.Null(method.Metrics));
        Assert.All(report.Methods.Where(method => method.Status != "ok"), method => Assert.Null(method.MicrosecondsPerCase));
        Assert.Equal(("toy-first", "toy-sample", "test", 6), (report.Task, report.Data, report.Split, report.Cases));
        Assert.Equal(6, report.Settings["cases"]);
        Assert.Equal(["split test, seed 1, data toy-sample"], report.Notes);
        var group = Assert.Single(report.Groups);
        Assert.Equal(("first", 1), (group.Name, group.Cases));
        Assert.Equal(["sum", "adapted"], group.Methods.Select(method => method.Method));
    }

    [Fact]
    public async Task Batches_of_a_benchmark_are_split_by_batch_key_and_answered_in_order()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "steps");
        var rows = host.Unused("rows.csv");

        var report = await EvaluateAsync(server, request => request with { Methods = ["steps"], RowsPath = rows });

        Assert.Equal("ok", Assert.Single(report.Methods).Status);

        // Case i wants i mod 3 + 1 steps.
        Assert.Equal(["steps:0,3", "steps:1,4", "steps:2,5"], host.Log.Entries.Where(entry => entry.StartsWith("steps:", StringComparison.Ordinal)));
        for (var i = 0; i < 6; i++)
        {
            var answer = ToyHost.Numbers(await ToyHost.PredictAsync(server, "steps", ToyRequest.Of(i, (i % 3) + 1)));
            var line = FormattableString.Invariant($"steps,{i},\"{answer[0]:F3}, rounded\"");
            Assert.Equal(line, File.ReadAllLines(rows)[i + 1]);
        }

        Assert.Equal("method,case,y", File.ReadAllLines(rows)[0]);
    }

    [Fact]
    public async Task Ablation_adds_a_row_for_every_other_base()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted");
        await ShipAsync(host, server, "adapted.none", "none");
        Directory.CreateDirectory(Path.Combine(host.PluginFolder, "model", "adapted.torn"));
        File.WriteAllText(Path.Combine(host.PluginFolder, "model", "adapted.torn", BundleLayout.Card), "{}");

        var report = await EvaluateAsync(server, request => request with { Methods = ["adapted", "ablation"] });

        Assert.Equal(
            ["adapted ok", "adapted[base=none] ok", "adapted[base=adapted.torn] failed"],
            report.Methods.Select(method => $"{method.Method} {method.Status}"));
        Assert.NotEqual(report.Methods[0].Metrics!["mae"], report.Methods[1].Metrics!["mae"]);
        Assert.Contains(BundleLayout.Card, report.Methods[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Named_base_finds_the_bundle_that_was_trained_on_it()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted");
        var other = host.SaveBase("other", 9);
        await ShipAsync(host, server, "adapted.other", other);

        var onOther = await EvaluateAsync(server, request => With(request, "base", other));
        var onNone = await EvaluateAsync(server, request => With(request, "base", "none"));
        var onOwn = await EvaluateAsync(server, request => With(request, "base", host.Services.Options.Base));

        Assert.Equal("ok", Assert.Single(onOther.Methods).Status);
        Assert.Equal("untrained", Assert.Single(onNone.Methods).Status);
        Assert.Contains("no bundle for base 'none'", onNone.Methods[0].Reason, StringComparison.Ordinal);
        Assert.Equal("ok", Assert.Single(onOwn.Methods).Status);
        Assert.NotEqual(onOther.Methods[0].Metrics!["mae"], onOwn.Methods[0].Metrics!["mae"]);
    }

    [Fact]
    public async Task Named_bundle_is_scored_instead_of_the_newest()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "adapted", "adapted");
        var old = Path.Combine(host.StateFolder, "bundles", "toy-first", "adapted", "1");

        var report = await EvaluateAsync(server, request => With(request, "bundle", old));
        File.WriteAllText(Path.Combine(old, BundleLayout.Card), "{}");

        Assert.Equal("ok", Assert.Single(report.Methods).Status);
        var exception = await Assert.ThrowsAsync<TelecomException>(() => EvaluateAsync(server, request => With(request, "bundle", old)));
        Assert.Contains(old, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ToyMode.Throws, "Method 'network' failed: boom")]
    [InlineData(ToyMode.NoAnswer, "it gave no answer to request 1 of 2")]
    [InlineData(ToyMode.Unsuitable, "'network' cannot answer these cases: too short.")]
    [InlineData(ToyMode.ThrowsInExamine, "Method 'network' failed: examined")]
    [InlineData(ToyMode.ThrowsInKey, "Method 'network' failed: keyed")]
    public async Task Method_that_fails_is_a_row_with_the_reason(string mode, string part)
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "network");
        var live = await host.Executor.CountLiveTensorsAsync(ToyHost.Token);

        var report = await EvaluateAsync(
            server, request => request with { Methods = ["network"], Settings = new Dictionary<string, string> { ["mode"] = mode } });

        var row = Assert.Single(report.Methods);
        Assert.Equal(("failed", null), (row.Status, row.Metrics));
        Assert.Contains(part, row.Reason, StringComparison.Ordinal);
        Assert.Equal(live, await host.Executor.CountLiveTensorsAsync(ToyHost.Token));
    }

    [Fact]
    public async Task Wrong_requests_are_refused_before_anything_is_scored()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));
        var second = await host.TrainedServerAsync(ToyTasks.Second(host.Log));

        async Task<TelecomException> RefusedAsync(TaskServer from, Func<EvaluationRequest, EvaluationRequest> configure) =>
            await Assert.ThrowsAnyAsync<TelecomException>(() => EvaluateAsync(from, configure));

        Assert.Equal(ErrorCode.NotFound, (await RefusedAsync(second, request => request)).Code);
        Assert.Equal(ErrorCode.NotFound, (await RefusedAsync(server, request => request with { Methods = ["oracle"] })).Code);
        Assert.Equal(ErrorCode.NotFound, (await RefusedAsync(server, request => request with { Data = host.Unused("nowhere") })).Code);
        Assert.Equal(ErrorCode.InvalidInput, (await RefusedAsync(server, request => With(request, "colour", "red"))).Code);
        var rows = await RefusedAsync(server, request => request with { RowsPath = host.Unused("nowhere/rows.csv") });
        Assert.Equal(ErrorCode.InvalidInput, rows.Code);
        Assert.Contains("rows.csv", rows.Message, StringComparison.Ordinal);
        Assert.Empty(host.Log.Entries);
    }

    [Fact]
    public async Task Cancelled_evaluation_ends_cancelled()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.EvaluateAsync(
            new EvaluationRequest { Task = "toy-first" }, null, new CancellationToken(canceled: true)));
    }

    private static EvaluationRequest With(EvaluationRequest request, string setting, string value) =>
        request with { Methods = ["adapted"], Settings = new Dictionary<string, string> { [setting] = value } };

    private static Task<EvaluationReport> EvaluateAsync(TaskServer server, Func<EvaluationRequest, EvaluationRequest>? configure = null)
    {
        var request = new EvaluationRequest { Task = server.Definition.Id };
        return server.EvaluateAsync(configure?.Invoke(request) ?? request, null, ToyHost.Token);
    }

    private static Task<TrainingReport> ShipAsync(ToyHost host, TaskServer server, string folder, string baseName) => ToyHost.TrainAsync(
        server,
        "adapted",
        request => request with
        {
            OutputDirectory = Path.Combine(host.PluginFolder, "model", folder),
            Settings = new Dictionary<string, string> { ["base"] = baseName },
        });
}
