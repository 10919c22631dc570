using Telecom.Modeling.Bundles;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>Short runs through the host's own training session, and what they leave on disk.</summary>
[Collection<LearnedGroup>]
public sealed class BundleTests(LearnedLab lab)
{
    private static readonly string[] WeightFiles = [BundleLayout.Modules, BundleLayout.AdapterWeights];

    public static TheoryData<string> Methods => ["network", "adapted"];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_trained_bundle_carries_its_range_of_rewards_and_its_curve_and_plays_alike_after_loading(string method)
    {
        var report = await lab.TrainAsync(method, seed: 5, ("epochs", "2"));
        var bundle = Bundle.Open(report.Bundle);

        using var model = await lab.LoadAsync(method, report.Bundle);
        using var again = await lab.LoadAsync(method, report.Bundle);

        Assert.Equal(("abr", method), (bundle.Card.Task, bundle.Card.Method));
        Assert.All(["r-min", "r-max", "max-return"], name => Assert.NotEmpty(bundle.Settings[name]));
        Assert.Equal([0, 1, 2], bundle.Card.Curve!.Select(point => point.Epoch));
        Assert.Null(bundle.Card.Curve![0].Loss);
        Assert.Equal(bundle.Card.Curve.Max(point => point.Metric), bundle.Card.Metrics["valid_qoe"]);
        Assert.Equal(report.Metrics["train_loss"], bundle.Card.Curve[^1].Loss!.Value, 1e-12);
        Assert.Equal(Levels(model), Levels(again));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Two_runs_with_one_seed_give_identical_weights_and_another_seed_does_not(string method)
    {
        var first = await lab.TrainAsync(method, seed: 5);
        var second = await lab.TrainAsync(method, seed: 5);
        var other = await lab.TrainAsync(method, seed: 6);

        Assert.Equal(Weights(first.Bundle), Weights(second.Bundle));
        Assert.NotEqual(Weights(first.Bundle), Weights(other.Bundle));
    }

    [Theory]
    [InlineData("r-min")]
    [InlineData("r-max")]
    [InlineData("max-return")]
    public async Task A_bundle_without_its_range_of_rewards_is_refused_by_name(string missing)
    {
        var report = await lab.TrainAsync("network", seed: 5, ("windows", "8"));
        var path = Path.Combine(report.Bundle, BundleLayout.Task);
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        var kept = lines.Where(line => !line.Contains($"\"{missing}\"", StringComparison.Ordinal)).ToArray();
        kept[^2] = kept[^2].TrimEnd(',');
        await File.WriteAllLinesAsync(path, kept, TestContext.Current.CancellationToken);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => lab.LoadAsync("network", report.Bundle));

        Assert.Equal(lines.Length - 1, kept.Length);
        Assert.Equal(ErrorCode.BundleInvalid, exception.Code);
        Assert.Contains(missing, exception.Message, StringComparison.Ordinal);
        Assert.Contains(report.Bundle, exception.Message, StringComparison.Ordinal);
    }

    private string[] Levels(LearnedModel model)
    {
        var sessions = lab.Played(0, count: 3);
        foreach (var session in sessions)
        {
            session.Reset();
        }

        LockStep.Play(sessions, AbrProfile.NetLlm, model.Scored, null, null, TestContext.Current.CancellationToken);
        return [.. sessions.Select(session => session.Summarise().LevelString)];
    }

    private static Dictionary<string, byte[]> Weights(string bundle) => WeightFiles
        .Where(name => File.Exists(Path.Combine(bundle, name)))
        .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(bundle, name)), StringComparer.Ordinal);
}
