using Telecom.Modeling.Bundles;

namespace Telecom.Plugins.Viewport.Tests.Learned;

/// <summary>Short runs through the host's own training session on generated traces.</summary>
[Collection<LearnedGroup>]
public sealed class TrainingTests(LearnedLab lab)
{
    private static readonly string[] WeightFiles = [BundleLayout.Modules, BundleLayout.AdapterWeights];

    public static TheoryData<string, string> Methods() => new() { { "network", "" }, { "adapted", "residual" }, { "adapted", "netllm" } };

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Two_runs_with_one_seed_give_identical_weights_and_another_seed_does_not(string method, string recipe)
    {
        var first = await lab.TrainAsync(method, seed: 5, Settings(method, recipe));
        var second = await lab.TrainAsync(method, seed: 5, Settings(method, recipe));
        var other = await lab.TrainAsync(method, seed: 6, Settings(method, recipe));

        // 4 traces of 150 rows: windows at 30, 33, …, 87 each.
        Assert.Equal(80, first.Examples);
        Assert.Equal(Weights(first.Bundle), Weights(second.Bundle));
        Assert.NotEqual(Weights(first.Bundle), Weights(other.Bundle));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_trained_bundle_answers_after_loading_and_its_card_says_what_it_is(string method, string recipe)
    {
        var report = await lab.TrainAsync(method, seed: 5, Settings(method, recipe));
        var card = Bundle.Open(report.Bundle).Card;

        using var model = await lab.LoadAsync(method, report.Bundle);
        using var again = await lab.LoadAsync(method, report.Bundle);

        Assert.Equal("viewport", card.Task);
        Assert.Equal(method, card.Method);
        Assert.Equal(method == "adapted" ? lab.Base.Fingerprint : null, card.BaseFingerprint);
        Assert.Equal(model.TrainableCount, report.TrainableParameters);
        Assert.Equal("HeadMotion: train 4 traces, 80 windows (step 3, 0 across gaps dropped); valid 1 traces, 4 windows (step 15)", card.Data);
        Assert.Equal(model.Predict(lab.Requests), again.Predict(lab.Requests));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task More_epochs_lower_the_training_loss(string method, string recipe)
    {
        var one = await lab.TrainAsync(method, seed: 5, Settings(method, recipe));
        var three = await lab.TrainAsync(method, seed: 5, [("epochs", "3"), .. Settings(method, recipe)]);

        Assert.True(three.Metrics["train_loss"] < one.Metrics["train_loss"], $"{one.Metrics["train_loss"]} to {three.Metrics["train_loss"]}");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task The_kept_weights_are_never_worse_than_the_initial_ones(string method, string recipe)
    {
        // A learning rate that ruins the model: the weights before the first step have to survive it.
        var report = await lab.TrainAsync(method, seed: 5, [("lr", "3"), .. Settings(method, recipe)]);
        var metric = recipe == "netllm" ? "valid_rollout_mse" : "valid_mae_ref";

        Assert.True(report.Metrics[metric] <= report.Metrics[metric + "_untrained"]);
    }

    [Fact]
    public async Task Training_another_adapter_leaves_base_and_loaded_answers_as_they_were()
    {
        var bundle = (await lab.TrainAsync("adapted", seed: 5)).Bundle;
        using var loaded = await lab.LoadAsync("adapted", bundle);
        var before = loaded.Predict(lab.Requests);

        await lab.TrainAsync("adapted", seed: 9, [("recipe", "netllm")]);
        await lab.TrainAsync("adapted", seed: 9, [("rank", "4")]);

        Assert.Equal(before, loaded.Predict(lab.Requests));
        Assert.Equal(lab.Base.Fingerprint, lab.Run(() => lab.Base.Model!.Weights.RecomputeFingerprint()));
    }

    [Fact]
    public async Task Saving_and_loading_keep_every_bit()
    {
        foreach (var (method, recipe) in new[] { ("network", ""), ("adapted", "residual"), ("adapted", "netllm") })
        {
            using var model = lab.Build(method, Settings(method, recipe)).Scramble();
            var trained = await lab.TrainAsync(method, seed: 5, Settings(method, recipe));
            var card = Bundle.Open(trained.Bundle).Card;
            var copy = trained.Bundle + "-copy";
            lab.Run(() =>
            {
                BundleWriter.Write(copy, new(card, LearnedLab.SettingsOf(method, Settings(method, recipe)), model.Method.Modules, model.Loaded.Adapter));
                return true;
            });

            using var loaded = await lab.LoadAsync(method, copy);

            Assert.Equal(model.Predict(lab.Requests), loaded.Predict(lab.Requests));
        }
    }

    private static (string, string)[] Settings(string method, string recipe) => method == "adapted" ? [("recipe", recipe)] : [];

    private static Dictionary<string, byte[]> Weights(string bundle) => WeightFiles
        .Where(name => File.Exists(Path.Combine(bundle, name)))
        .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(bundle, name)), StringComparer.Ordinal);
}
