using System.Globalization;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Testing;

namespace Telecom.Plugins.Abr.Tests.Golden;

/// <summary>Every row of <c>golden_sessions.csv</c> and <c>golden_steps.csv</c> that a rule policy made.</summary>
public sealed class GoldenSessionTests
{
    // golden_sessions.csv: 9 decimals of the QoE, 6 of the components, 3 of the times; the page asks for 1e-6 on the QoE.
    private const double Qoe = 1e-6;
    private const double Component = 1e-6;
    private const double Milliseconds = 1e-3;

    public static TheoryData<string, string> Settings => new()
    {
        { "fcc-test", "video1" },
        { "fcc-test", "video2" },
        { "synth", "video1" },
        { "synth", "video2" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Every_session_has_the_recorded_levels_and_figures(string set, string videoName)
    {
        var video = await Samples.VideoAsync(videoName);
        var links = (await Samples.LinksAsync(set)).ToDictionary(link => link.Trace.Name);
        var rows = Rows("golden_sessions.csv").Where(row => row["set"] == set && row["video"] == videoName && row["policy"] != "offline-bound").ToList();

        Assert.Equal(links.Count * 8, rows.Count);
        foreach (var row in rows)
        {
            var link = links[row["trace"]];
            Assert.Equal(int.Parse(row["start_ptr"], CultureInfo.InvariantCulture), link.Trace.StartPointer);
            var session = Samples.Session(link, video, link.Trace.StartPointer!.Value);
            session.Play(Samples.Policy(row["policy"]));
            AssertEqual(row, session.Summarise());
        }
    }

    [Fact]
    public async Task Every_step_has_the_recorded_values()
    {
        var rows = Rows("golden_steps.csv").GroupBy(row => (Set: row["set"], Video: row["video"], Trace: row["trace"], Policy: row["policy"])).ToList();

        Assert.Equal(12, rows.Count);
        foreach (var group in rows)
        {
            var link = (await Samples.LinksAsync(group.Key.Set)).Single(link => link.Trace.Name == group.Key.Trace);
            var session = Samples.Session(link, await Samples.VideoAsync(group.Key.Video), link.Trace.StartPointer!.Value);
            session.Play(Samples.Policy(group.Key.Policy));
            Assert.Equal(48, group.Count());
            foreach (var row in group)
            {
                var chunk = session.Played[int.Parse(row["chunk"], CultureInfo.InvariantCulture)];
                Assert.Equal(row["level"], chunk.Level.ToString(CultureInfo.InvariantCulture));
                Assert.Equal(Number(row, "size_bytes"), chunk.SizeBytes);

                // The file holds twelve significant digits.
                Close(row, "delay_ms", chunk.DelayMs);
                Close(row, "sleep_ms", chunk.SleepMs);
                Close(row, "buffer_s", chunk.BufferSeconds);
                Close(row, "rebuf_s", chunk.RebufferSeconds);
                Close(row, "reward", chunk.Reward);
            }
        }
    }

    private static void AssertEqual(Dictionary<string, string> row, SessionSummary summary)
    {
        Assert.Equal(row["levels"], summary.LevelString);
        Assert.Equal(Number(row, "qoe_mean"), summary.Qoe, Qoe);
        Assert.Equal(Number(row, "bitrate_mbps"), summary.BitrateMbps, Component);
        Assert.Equal(Number(row, "rebuf_s_mean"), summary.RebufferSeconds, Component);
        Assert.Equal(Number(row, "smooth_mbps_mean"), summary.SmoothnessMbps, Component);
        Assert.Equal(Number(row, "rebuf_s_total"), summary.RebufferTotalSeconds, Component);
        Assert.Equal(Number(row, "first_chunk_delay_ms"), summary.FirstDelayMs, Component);
        Assert.Equal(Number(row, "delay_ms_total"), summary.DelayTotalMs, Milliseconds);
        Assert.Equal(Number(row, "sleep_ms_total"), summary.SleepTotalMs);
        Assert.Equal(Number(row, "final_buffer_s"), summary.FinalBufferSeconds, Component);
        Assert.Equal(summary.Qoe, summary.BitrateMbps - (4.3 * summary.RebufferSeconds) - summary.SmoothnessMbps, 1e-9);
    }

    private static void Close(Dictionary<string, string> row, string column, double actual)
    {
        var expected = Number(row, column);
        Assert.Equal(expected, actual, 1e-9 * Math.Max(1, Math.Abs(expected)));
    }

    private static double Number(Dictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);

    private static IEnumerable<Dictionary<string, string>> Rows(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(SharedData.Folder("abr"), file));
        var header = lines[0].Split(',');
        return lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second));
    }
}
