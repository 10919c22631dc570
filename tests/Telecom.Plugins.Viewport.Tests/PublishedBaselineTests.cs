using System.Globalization;
using System.Text.Json;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Sdk.Benchmarks;
using Telecom.Testing;

namespace Telecom.Plugins.Viewport.Tests;

/// <summary>The recomputed figures of the published evaluation on the measured traces; baselines.json lies beside them.</summary>
public sealed class PublishedBaselineTests
{
    // baselines.json states 1e-4 degrees on pooled errors.
    private const double Pooled = 1e-4;

    internal static readonly (string Key, string Method)[] Methods =
    [
        ("hold", "hold"),
        ("damped_velocity_a0.5", "damped-velocity"),
        ("velocity", "velocity"),
        ("velocity_unwrap", "velocity-unwrap"),
        ("lr", "linear-regression"),
        ("lr_unwrap", "linear-regression-unwrap"),
    ];

    public static TheoryData<string, string, string> PooledCases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var (dataset, section) in new[] { ("Jin2022", "Jin2022_videos_4_8_14"), ("Wu2017", "Wu2017_video_3") })
        {
            foreach (var setting in new[] { "h10_f20_head30_tail60", "h10_f20_head30_tail30", "h20_f30_head30_tail60", "h20_f30_head30_tail30" })
            {
                cases.Add(dataset, section, setting + "_step15");
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(PooledCases))]
    public async Task All_baselines_equal_the_published_recomputation(string dataset, string section, string setting)
    {
        var root = SharedData.Folder("viewport");
        var text = await File.ReadAllTextAsync(Path.Combine(root, "baselines.json"), TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(text);
        var expected = document.RootElement.GetProperty(section).GetProperty(setting);

        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root, [("dataset", dataset), .. Settings(setting)]);

        Assert.Equal(expected.GetProperty("windows").GetInt32(), run.Cases);
        foreach (var (key, method) in Methods)
        {
            AssertPooled(expected.GetProperty(key), run.Score(method), $"{setting} {method}");
        }
    }

    [Theory]
    [InlineData("Jin2022", "per_trace_jin2022.csv", 63)]
    [InlineData("Wu2017", "per_trace_wu2017.csv", 9)]
    public async Task Groups_equal_the_published_per_trace_errors(string dataset, string file, int traces)
    {
        var root = SharedData.Folder("viewport");
        var lines = await File.ReadAllLinesAsync(Path.Combine(root, file), TestContext.Current.CancellationToken);
        var run = await Benchmarks.PrepareAsync(FixedCatalog.Shipped, root, [("dataset", dataset)]);
        var scores = new[] { "linear-regression", "velocity", "hold" }.ToDictionary(method => method, run.Score);

        Assert.Equal(traces, lines.Length - 1);
        for (var i = 1; i < lines.Length; i++)
        {
            var fields = lines[i].Split(',');
            foreach (var (method, column) in new[] { ("linear-regression", 3), ("velocity", 4), ("hold", 5) })
            {
                var group = scores[method].Groups[i - 1];
                Assert.Equal($"video{fields[0]}/user{fields[1]}", group.Name);
                Assert.Equal(Number(fields[2]), group.Cases);
                Assert.Equal(Number(fields[column]), group.Metrics["mae_ref"], Pooled);
            }
        }
    }

    private static void AssertPooled(JsonElement expected, MethodScore actual, string what)
    {
        Check("mae_ref", expected.GetProperty("mae_ref"));
        Check("mae_circular", expected.GetProperty("mae_circular"));
        Check("rmse_ref", expected.GetProperty("rmse_ref_unwrapped"));
        Check("great_circle_deg", expected.GetProperty("great_circle_deg"));
        Check("mae_ref_roll", expected.GetProperty("mae_ref_roll_pitch_yaw")[0]);
        Check("mae_ref_pitch", expected.GetProperty("mae_ref_roll_pitch_yaw")[1]);
        Check("mae_ref_yaw", expected.GetProperty("mae_ref_roll_pitch_yaw")[2]);
        for (var second = 1; second <= 4; second++)
        {
            Check($"mae_circular_{second}s", expected.GetProperty("mae_circular_at_1_2_3_4s")[second - 1]);
        }

        void Check(string metric, JsonElement value) => Assert.True(
            Math.Abs(value.GetDouble() - actual.Metrics[metric]) <= Pooled,
            $"{what} {metric}: expected {value.GetDouble()}, but is {actual.Metrics[metric]}");
    }

    private static (string Name, string Value)[] Settings(string setting)
    {
        var parts = setting.Split('_');
        return
        [
            ("history", parts[0][1..]), ("horizon", parts[1][1..]), ("head", parts[2]["head".Length..]),
            ("tail", parts[3]["tail".Length..]), ("step", parts[4]["step".Length..]),
        ];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
