using System.Globalization;
using Telecom.Plugins.Abr.Hindsight;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Testing;

namespace Telecom.Plugins.Abr.Tests.Golden;

public sealed class HindsightTests
{
    // The specification: a reimplementation of the bound must come within 0.01 on the mean.
    private const double Mean = 0.01;

    [Theory]
    [MemberData(nameof(GoldenSessionTests.Settings), MemberType = typeof(GoldenSessionTests))]
    public async Task The_plan_reaches_the_recorded_bound_and_never_less_than_mpc(string set, string videoName)
    {
        var video = await Samples.VideoAsync(videoName);
        var summary = await File.ReadAllLinesAsync(Path.Combine(SharedData.Folder("abr"), "golden_summary.csv"), TestContext.Current.CancellationToken);
        var recorded = double.Parse(
            summary.Single(line => line.StartsWith($"{set},{videoName},offline-bound,", StringComparison.Ordinal)).Split(',')[4],
            CultureInfo.InvariantCulture);
        var planner = new HindsightPlanner();
        var total = 0.0;
        var links = await Samples.LinksAsync(set);
        foreach (var link in links)
        {
            var spec = new SessionSpec(link, video, link.Trace.StartPointer!.Value, 0);
            var planned = Play(spec, new PlannedLevels(planner.Plan(spec, AbrProfile.NetLlm, Samples.Policy("mpc"))));
            Assert.True(planned >= Play(spec, Samples.Policy("mpc")));
            total += planned;
        }

        Assert.Equal(recorded, total / links.Length, Mean);
    }

    private static double Play(SessionSpec spec, IAbrPolicy policy)
    {
        var session = new PlaySession(spec, AbrProfile.NetLlm, seed: 1);
        session.Play(policy);
        return session.Summarise().Qoe;
    }
}
