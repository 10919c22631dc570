using Telecom.Modeling.Bundles;
using Telecom.Runtime.Tests.Tasks.Toys;
using Telecom.Runtime.Training;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Plugins;
using Telecom.Sdk.Training;

namespace Telecom.Runtime.Tests.Training;

/// <summary>Training draws from libtorch's one generator, so these tests never run beside others.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TrainingSessionTests
{
    private const string Name = "training";

    [Fact]
    public async Task Bundle_in_the_state_folder_serves_as_soon_as_it_is_written()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log));
        var before = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));

        var first = await ToyHost.TrainAsync(server, "adapted");
        var after = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));
        var second = await ToyHost.TrainAsync(server, "adapted", request => request with { Seed = 2 });
        var last = await ToyHost.PredictAsync(server, "adapted", ToyRequest.Of(1));

        Assert.Equal("sum", before.Fallback);
        Assert.Equal((null, "1"), (after.Fallback, after.Bundle));
        Assert.Equal("2", last.Bundle);
        Assert.NotEqual(ToyHost.Numbers(after), ToyHost.Numbers(last));
        Assert.EndsWith("1", first.Bundle, StringComparison.Ordinal);
        Assert.EndsWith("2", second.Bundle, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], Entries(Path.GetDirectoryName(first.Bundle)!));
    }

    [Fact]
    public async Task Card_and_report_say_what_was_trained()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));
        var folder = host.Unused("out/bundle");

        var report = await ToyHost.TrainAsync(
            server, "adapted", request => request with { OutputDirectory = folder, Seed = 5, Command = "telecom train toy-first" });

        var (bundle, shared) = (Bundle.Open(folder), await host.Services.Bases.GetAsync(host.Services.Options.Base));
        var card = bundle.Card;
        Assert.Equal(("toy-first", "adapted", SdkContract.Version), (card.Task, card.Method, card.Contract));
        Assert.Equal(("small", shared.Fingerprint), (card.Base, card.BaseFingerprint));
        Assert.Equal((5, "telecom train toy-first"), (card.Seed, card.Command));
        Assert.Equal(("16 sums", "sums-16"), (card.Data, card.DataFingerprint));
        Assert.Equal(["best_epoch", "steps", "train_loss", "valid_mse", "valid_mse_untrained"], card.Metrics.Keys.Order(StringComparer.Ordinal));
        Assert.True(card.Metrics["valid_mse"] < card.Metrics["valid_mse_untrained"]);
        Assert.Equal(4, card.Metrics["steps"]);

        // Encoder 3 * 16 + 16, feedback 16 + 16, head 16 + 1; rank 2 on q and v (16 + 16) and down (20 + 16) of 2 layers.
        Assert.Equal((64 + 32 + 17, 2 * 2 * (32 + 32 + 36)), (card.ModuleParameters, card.AdapterParameters));
        Assert.Equal("16", bundle.Settings["examples"]);
        Assert.Equal("0.05", bundle.Settings["lr"]);
        Assert.Equal((folder, "small", 16), (report.Bundle, report.Base, report.Examples));
        Assert.Equal(card.ModuleParameters + card.AdapterParameters, report.TrainableParameters);
        Assert.Equal(card.Metrics, report.Metrics);
        Assert.Equal(["bundle"], Entries(host.Unused("out")));
        Assert.Equal(shared.Fingerprint, await host.Executor.RunAsync(shared.Model!.Weights.RecomputeFingerprint, ToyHost.Token));
    }

    [Theory]
    [InlineData("network", "none")]
    [InlineData("adapted", "none")]
    public async Task Without_a_base_there_is_no_adapter(string method, string baseName)
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));

        var report = await ToyHost.TrainAsync(
            server,
            method,
            request => request with { OutputDirectory = host.Unused("out"), Settings = new Dictionary<string, string> { ["base"] = baseName } });

        var bundle = Bundle.Open(report.Bundle);
        Assert.Equal(("none", null, 0), (bundle.Card.Base, bundle.Card.BaseFingerprint, bundle.Card.AdapterParameters));
        Assert.False(bundle.HasAdapter);
    }

    [Fact]
    public async Task Output_folder_that_holds_something_is_refused_before_anything_is_trained()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));
        var folder = host.Unused("taken");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine");
        var progress = new Reports();

        var exception = await Assert.ThrowsAsync<TelecomException>(
            () => ToyHost.TrainAsync(server, "adapted", request => request with { OutputDirectory = folder }, progress));

        Assert.Equal(ErrorCode.BundleInvalid, exception.Code);
        Assert.Contains("is not empty", exception.Message, StringComparison.Ordinal);
        Assert.Empty(progress.Seen);
        Assert.Equal(["notes.txt"], Entries(folder));
    }

    [Fact]
    public async Task Cancelled_run_leaves_a_checkpoint_that_gives_the_bundle_of_an_uninterrupted_one()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));
        TrainingRequest Into(TrainingRequest request, string name) => request with { OutputDirectory = host.Unused(name) };
        var whole = await ToyHost.TrainAsync(server, "adapted", request => Into(request, "whole"));
        using var cancellation = new CancellationTokenSource();
        var progress = new Reports(report =>
        {
            if (report is { Stage: "training", Done: 3 })
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ToyHost.TrainAsync(server, "adapted", request => Into(request, "parts"), progress, cancellation.Token));
        Assert.True(Directory.Exists(host.Unused("parts.checkpoint")));
        Assert.False(Directory.Exists(host.Unused("parts")));
        var resumed = await ToyHost.TrainAsync(server, "adapted", request => Into(request, "parts") with { Resume = true });

        foreach (var file in new[] { BundleLayout.Modules, BundleLayout.AdapterWeights })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Bundle, file)), File.ReadAllBytes(Path.Combine(resumed.Bundle, file)));
        }

        Assert.Equal(whole.Metrics, resumed.Metrics);
        Assert.False(Directory.Exists(host.Unused("parts.checkpoint")));
    }

    [Theory]
    [InlineData("hidden", "5", "hidden=4, this run has hidden=5")]
    [InlineData("lr", "0.1", "lr=0.05, this run has lr=0.1")]
    [InlineData("base", "none", "base-fingerprint=")]
    public async Task Run_with_other_settings_is_not_continued(string setting, string value, string part)
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));
        var folder = host.Unused("out");
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ToyHost.TrainAsync(
            server, "adapted", request => request with { OutputDirectory = folder }, new Reports(_ => cancellation.Cancel()), cancellation.Token));

        var exception = await Assert.ThrowsAnyAsync<TelecomException>(() => ToyHost.TrainAsync(server, "adapted", request => request with
        {
            OutputDirectory = folder,
            Resume = true,
            Settings = new Dictionary<string, string> { [setting] = value },
        }));

        Assert.Equal(ErrorCode.CheckpointInvalid, exception.Code);
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_run_into_one_folder_is_refused_while_the_first_goes_on()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));
        TrainingRequest Into(TrainingRequest request) => request with { OutputDirectory = host.Unused("out") };
        Task<TrainingReport>? second = null;
        var progress = new Reports(_ => second ??= ToyHost.TrainAsync(server, "adapted", Into));

        await ToyHost.TrainAsync(server, "adapted", Into, progress);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => second!);
        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains("Wait for the run that has it", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read", "Method 'adapted' failed: unreadable")]
    [InlineData("loss", "Method 'adapted' failed: lossless")]
    [InlineData("base", "Training changed the shared base 'small'")]
    public async Task Method_that_fails_writes_no_bundle(string defect, string message)
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));
        var shared = await host.Services.Bases.GetAsync(host.Services.Options.Base);
        await host.Executor.RunAsync(() => ToyTrainingData.BaseToSpoil = shared.Model!.Weights.Tensors.Values.First(), ToyHost.Token);
        var live = await host.Executor.CountLiveTensorsAsync(ToyHost.Token);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.TrainAsync(server, "adapted", request => request with
        {
            OutputDirectory = host.Unused("out"),
            Settings = new Dictionary<string, string> { ["defect"] = defect },
        }));

        Assert.Equal(ErrorCode.PluginFault, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(host.Unused("out")));
        Assert.False(File.Exists(host.Unused("out.lock")));

        // The base's rotary table, two tensors, comes with its first forward.
        Assert.InRange(await host.Executor.CountLiveTensorsAsync(ToyHost.Token), live, live + 2);
    }

    [Fact]
    public async Task Method_that_cannot_be_built_is_a_plugin_fault()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.TrainAsync(server, "unbuildable"));

        Assert.Equal((ErrorCode.PluginFault, "Method 'unbuildable' failed: unbuildable"), (exception.Code, exception.Message));
    }

    [Fact]
    public async Task Analytic_method_is_refused_with_the_learned_ones()
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.TrainAsync(server, "sum"));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains(
            "nothing to train. Learned methods of 'toy-first': network, adapted, steps, unbuildable", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("colour", "red", "Unknown setting 'colour'")]
    [InlineData("epochs", "0", "epochs=0 is not valid")]
    [InlineData("examples", "0", "There are no training examples: 0 sums.")]
    public async Task Wrong_setting_is_refused_by_name(string name, string value, string part)
    {
        await using var host = await ToyHost.StartAsync();
        var server = host.Server(ToyTasks.First(host.Log));

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ToyHost.TrainAsync(
            server, "network", request => request with { Settings = new Dictionary<string, string> { [name] = value } }));

        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serving_goes_on_while_a_method_is_trained()
    {
        await using var host = await ToyHost.StartAsync();
        var server = await host.TrainedServerAsync(ToyTasks.First(host.Log), "network");
        var answers = new List<Task<Runtime.Serving.PredictionAnswer>>();
        var progress = new Reports(_ => answers.Add(ToyHost.PredictAsync(server, "network", ToyRequest.Of(1))));
        var expected = ToyHost.Numbers(await ToyHost.PredictAsync(server, "network", ToyRequest.Of(1)));

        await ToyHost.TrainAsync(server, "adapted", progress: progress);

        Assert.NotEmpty(answers);
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal(expected, ToyHost.Numbers(answer)));
    }

    private static IEnumerable<string> Entries(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private sealed class Reports(Action<ProgressReport>? onReport = null) : IProgress<ProgressReport>
    {
        public List<ProgressReport> Seen { get; } = [];

        public void Report(ProgressReport value)
        {
            Seen.Add(value);
            onReport?.Invoke(value);
        }
    }
}
