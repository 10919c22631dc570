using Telecom.Plugins.Abr.Simulation;

namespace Telecom.Plugins.Abr.Tests.Learned;

/// <summary>A trained policy aims at the return it is told (section 7.2 of the specification).</summary>
[Collection<LearnedGroup>]
public sealed class TargetTests(LearnedLab lab)
{
    [Fact]
    public async Task A_lower_target_gives_lower_levels_where_lower_targets_were_trained()
    {
        using var model = await TrainAsync(("teacher", "mpc+rollout~near:0.3"), ("relaxed", "0.5"));

        var (all, half) = (BitrateMbps(model, 1), BitrateMbps(model, 0.4));

        Assert.True(half < 0.8 * all, $"{all} Mbit/s at target 1, {half} at 0.4");
    }

    [Fact]
    public async Task Recorded_returns_of_unlike_sessions_tell_which_of_them_to_repeat()
    {
        // Level 0 always earns a quarter of what level 1 does wherever the latter never stalls.
        using var model = await TrainAsync(
            ("teacher", "fixed0,fixed1"), ("labels", "levels"), ("conditioning", "recorded"), ("vary-traces", "0"), ("vary-videos", "0"));

        var (all, none) = (BitrateMbps(model, 1), BitrateMbps(model, 0.2));

        Assert.True(none < 0.8 * all, $"{all} Mbit/s at target 1, {none} at 0.2");
    }

    private async Task<LearnedModel> TrainAsync(params (string, string)[] settings)
    {
        var report = await lab.TrainAsync(
            "network",
            seed: 3,
            [
                ("starts", "4"), ("window", "2"), ("windows", "6400"), ("batch", "32"), ("lr", "0.003"),
                .. settings,
            ]);
        return await lab.LoadAsync("network", report.Bundle);
    }

    private double BitrateMbps(LearnedModel model, double targetScale)
    {
        var sessions = lab.Played(0, count: 4);
        foreach (var session in sessions)
        {
            session.Reset();
        }

        LockStep.Play(sessions, AbrProfile.NetLlm, model.Scored, targetScale, null, TestContext.Current.CancellationToken);
        return sessions.Average(session => session.Summarise().BitrateMbps);
    }
}
