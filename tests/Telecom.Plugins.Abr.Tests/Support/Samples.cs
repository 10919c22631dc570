using Telecom.Datasets.Abr;
using Telecom.Plugins.Abr.Policies;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Testing;

namespace Telecom.Plugins.Abr.Tests.Support;

/// <summary>Traces, videos and sessions of tests.</summary>
internal static class Samples
{
    /// <summary>Capacity 2 Mbit/s, a point per second from 0 to 320 s: the trace of G1 and G4.</summary>
    public static LinkTimeline Constant(double mbps = 2, int seconds = 320) =>
        Link([.. Enumerable.Range(0, seconds + 1).Select(second => ((double)second, mbps))]);

    public static LinkTimeline Link(params (double Seconds, double Mbps)[] points) => new(Trace(points));

    public static ThroughputTrace Trace(params (double Seconds, double Mbps)[] points) => new()
    {
        Set = "test",
        Name = "trace",
        TimesSeconds = points.Select(point => point.Seconds).ToArray(),
        CapacityMbps = points.Select(point => point.Mbps).ToArray(),
    };

    /// <summary>A measured video; skips the test where the data are absent.</summary>
    public static async Task<PlayableVideo> VideoAsync(string name = "video1")
    {
        var query = new DatasetQuery
        {
            Path = SharedData.Folder("abr"),
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["video"] = name },
        };
        var videos = await new AbrVideosDataset().ReadAsync(query, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        return new(Assert.Single(videos));
    }

    /// <summary>The generated video.</summary>
    public static async Task<PlayableVideo> SampleVideoAsync() =>
        new(await new AbrVideosDataset().ReadAsync(new(), TestContext.Current.CancellationToken).SingleAsync(TestContext.Current.CancellationToken));

    /// <summary>The measured traces of one set; skips the test where the data are absent.</summary>
    public static async Task<LinkTimeline[]> LinksAsync(string set)
    {
        var query = new DatasetQuery { Path = SharedData.Folder("abr"), Split = set };
        var traces = await new AbrTracesDataset().ReadAsync(query, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        return [.. traces.Select(trace => new LinkTimeline(trace))];
    }

    public static PlaySession Session(LinkTimeline link, PlayableVideo video, int start = 1, AbrProfile? profile = null) =>
        new(new(link, video, start, 0), profile ?? AbrProfile.NetLlm, seed: 1);

    public static PlaySession Play(this PlaySession session, params IEnumerable<int> levels)
    {
        foreach (var level in levels)
        {
            session.Step(level);
        }

        return session;
    }

    public static IAbrPolicy Policy(string name) => name switch
    {
        "fixed0" => new FixedLevel(0),
        "fixed3" => new FixedLevel(3),
        "rate" => new RateBased(),
        "bba" => new BufferBased(),
        "bola" => new Bola(5, 60),
        "bola-g2q40" => new Bola(2, 40),
        "mpc" => new ModelPredictive(),
        "mpc-jump" => new ModelPredictive(isJumpLimited: true),
        _ => throw new ArgumentException(name, nameof(name)),
    };
}
