using Telecom.Datasets.Viewport;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Viewport.Tests.Datasets;

public sealed class HeadTraceReaderTests : IDisposable
{
    private const string Row = "0.0,1.0,2.0,3.0\n";

    private const string BothLevels = """
        {"subset":{"Jin2022":{"test":{"videos":[4],"users":[83]}}},"official":{"Jin2022":{"videos":{"test":[8]},"users":{"test":[83]}}}}
        """;

    private const string OtherSubset = """
        {"subset":{"Wu2017":{"test":{"videos":[3],"users":[5]}}},"official":{"Jin2022":{"videos":{"test":[8]},"users":{"test":[83]}}}}
        """;

    private readonly TemporaryFolder root = new();

    public static TheoryData<string> TolerableFiles =>
    [
        "0.0,1.5,-2.5,3.5\n0.2,1.6,-2.6,3.6\n",
        "0.0,1.5,-2.5,3.5\n0.2,1.6,-2.6,3.6",
        "0.0,1.5,-2.5,3.5\r\n0.2,1.6,-2.6,3.6\r\n",
        "\uFEFF0.0,1.5,-2.5,3.5\n0.2,1.6,-2.6,3.6\n",
        "time_s,roll_deg,pitch_deg,yaw_deg\n0.0,1.5,-2.5,3.5\n0.2,1.6,-2.6,3.6\n",
        "\uFEFFtime_s,roll_deg,pitch_deg,yaw_deg\r\n0.0,1.5,-2.5,3.5\r\n\r\n0.2,1.6,-2.6,3.6\r\n\r\n  \r\n",
        "\n\"time, s\",roll,pitch,yaw\n0.0, 1.5 ,-2.5,3.5\n\n0.2,1.6e0,-2.6,+3.6\n\n",
        "0.0,1.5,-2.5,363.5\n0.2,-358.4,-2.6,3.6\n",
    ];

    public static TheoryData<string, int, string> RejectedFiles => new()
    {
        { Row + "0.2,1.0,2.0\n", 2, "3 columns" },
        { Row + "0.2,1.0,2.0,3.0,4.0\n", 2, "5 columns" },
        { Row + "\n0.2,1.0,2.0,3.0,\n", 3, "5 columns" },
        { Row + ",,,\n", 2, "column 1" },
        { Row + "0.2,1.0,abc,3.0\n", 2, "column 3 must be a finite number, but is 'abc'" },
        { Row + "0.2,1.0,2.0,\n", 2, "column 4" },
        { "h,r,p,y\r\n" + Row + "\r\n0.2,nan,2.0,3.0\r\n", 4, "column 2" },
        { Row + "0.2,1.0,2.0,inf\n", 2, "column 4" },
        { Row + "0.2,1.0,90.5,3.0\n", 2, "pitch" },
        { "time,roll,pitch\n" + Row, 1, "3 columns" },
        { Row + "time_s,roll,pitch,yaw\n", 2, "column 1" },
        { Row + "0.2,\"1.0,2.0,3.0\n" + Row, 2, "2 columns" },
        { Row + "0.2;1.0;2.0;3.0\n", 2, "1 columns" },
    };

    public void Dispose() => root.Dispose();

    [Theory]
    [MemberData(nameof(TolerableFiles))]
    public async Task Headers_line_ends_and_blank_lines_are_tolerated(string text)
    {
        root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", text);

        var trace = Assert.Single(await ReadAsync());

        Assert.Equal(("jin2022", 4, 83, 5.0, 2), (trace.Dataset, trace.Video, trace.User, trace.RateHz, trace.Length));
        Assert.Equal([0.0, 0.2], trace.TimesSeconds.ToArray());
        Assert.Equal([1.5f, 1.6f], trace.RollDegrees.ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal([-2.5f, -2.6f], trace.PitchDegrees.ToArray());
        Assert.Equal([3.5f, 3.6f], trace.YawDegrees.ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Theory]
    [MemberData(nameof(RejectedFiles))]
    public async Task Damaged_rows_are_named_by_file_and_line(string text, int line, string named)
    {
        var path = root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", text);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync());

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.StartsWith($"{path}:{line}: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_seam_keeps_the_sign_it_has_in_the_file()
    {
        root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", "0,-180,0,180\n");

        var trace = Assert.Single(await ReadAsync());

        Assert.Equal((-180f, 180f), (trace.RollDegrees.Span[0], trace.YawDegrees.Span[0]));
    }

    [Fact]
    public async Task An_empty_file_is_a_trace_without_samples()
    {
        root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", string.Empty);

        Assert.Equal(0, Assert.Single(await ReadAsync()).Length);
    }

    [Fact]
    public async Task A_split_is_read_video_by_video_in_its_own_order()
    {
        root.Write("splits.json", """{"Jin2022":{"test":{"videos":[8,4],"users":[15,3]}}}""");
        foreach (var (video, user) in new[] { (4, 3), (4, 15), (8, 3), (8, 15), (9, 3) })
        {
            root.Write($"Jin2022/video{video}/5Hz/simple_5Hz_user{user}.csv", Row);
        }

        var traces = await ReadAsync("test");

        Assert.Equal([(8, 15), (8, 3), (4, 15), (4, 3)], traces.Select(trace => (trace.Video, trace.User)));
    }

    [Theory]
    [InlineData(BothLevels, "auto", 4)]
    [InlineData(BothLevels, "subset", 4)]
    [InlineData(BothLevels, "official", 8)]
    [InlineData("""{"note":"n","Jin2022":{"test":{"videos":[4],"users":[83]}}}""", "auto", 4)]
    [InlineData("""{"Jin2022":{"videos":{"test":[4]},"users":{"test":[83]}}}""", "auto", 4)]
    [InlineData("""{"Jin2022":{"videos":{"test":[4]},"users":{"test":[83]}}}""", "subset", 4)]
    [InlineData("""{"official":{"Jin2022":{"test":{"videos":[8],"users":[83]}}}}""", "auto", 8)]
    [InlineData(OtherSubset, "auto", 8)]
    public async Task Splits_are_understood_in_every_shape(string splits, string level, int video)
    {
        root.Write("splits.json", splits);
        root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", Row);
        root.Write("Jin2022/video8/5Hz/simple_5Hz_user83.csv", Row);

        var traces = await ReadAsync("test", [("splits", level)]);

        Assert.Equal([video], traces.Select(trace => trace.Video));
    }

    [Theory]
    [InlineData("""{"Jin2022":{"test":{"videos":[4],"users":[83]}}}""", "has no split 'valid' of Jin2022; it has test")]
    [InlineData("""{"Jin2022":{"videos":{"test":[4]},"users":{"test":[83]}}}""", "has no split 'valid' of Jin2022; it has test")]
    [InlineData("""{"Jin2022":{"videos":{"valid":[4]},"users":{"test":[83]}}}""", "has no split 'valid' of Jin2022")]
    [InlineData("""{"subset":{"Wu2017":{}}}""", "lists no splits of Jin2022; it has Wu2017")]
    [InlineData("""{"Jin2022":{"valid":{"videos":4,"users":[83]}}}""", "videos of split 'valid' of Jin2022 must be an array")]
    [InlineData("""{"Jin2022":{"valid":{"videos":["4"],"users":[83]}}}""", "hold \"4\"")]
    [InlineData("""{"Jin2022":{"valid":{"videos":[4,4],"users":[83]}}}""", "list a number twice")]
    [InlineData("[]", "must hold a JSON object")]
    [InlineData("{\n\"Jin2022\":\n oops}", "splits.json:3 is not valid JSON")]
    public async Task Splits_that_say_nothing_about_the_split_are_rejected(string splits, string named)
    {
        root.Write("splits.json", splits);
        root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", Row);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync("valid"));

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.Contains(root.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_file_the_published_splits_hold()
    {
        root.Write("Jin2022/video25/5Hz/simple_5Hz_user30.csv", Row);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync("test"));
        var traces = await ReadAsync("test", [("allow-missing", "true")]);

        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.Contains("125 of 126 files", exception.Message, StringComparison.Ordinal);
        Assert.Contains("video4/5Hz/simple_5Hz_user83.csv", exception.Message, StringComparison.Ordinal);
        Assert.Contains("and 105 more", exception.Message, StringComparison.Ordinal);
        Assert.Equal((25, 30), Assert.Single(traces.Select(trace => (trace.Video, trace.User))));
    }

    [Theory]
    [InlineData("videos", "99", ErrorCode.NotFound)]
    [InlineData("users", "1,2", ErrorCode.NotFound)]
    [InlineData("users", "x", ErrorCode.InvalidInput)]
    [InlineData("splits", "both", ErrorCode.InvalidInput)]
    [InlineData("colour", "red", ErrorCode.InvalidInput)]
    [InlineData("rate", "-1", ErrorCode.InvalidInput)]
    public async Task Unknown_videos_users_and_settings_are_refused(string name, string value, ErrorCode code)
    {
        root.Write("splits.json", """{"Jin2022":{"test":{"videos":[4],"users":[83]}}}""");
        root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", Row);

        var exception = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync("test", [(name, value)]));

        Assert.Equal(code, exception.Code);
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_pick_from_a_split_and_from_everything()
    {
        root.Write("splits.json", """{"Jin2022":{"test":{"videos":[8,4],"users":[15,3]}}}""");
        foreach (var (video, user) in new[] { (4, 3), (4, 15), (8, 3), (8, 15), (9, 3) })
        {
            root.Write($"Jin2022/video{video}/5Hz/simple_5Hz_user{user}.csv", Row);
        }

        Assert.Equal([(8, 3), (4, 3)], Ids(await ReadAsync("test", [("users", "3")])));
        Assert.Equal([(4, 3), (4, 15), (9, 3)], Ids(await ReadAsync(null, [("videos", "9 4")])));
        Assert.Equal([(4, 3), (4, 15), (8, 3), (8, 15), (9, 3)], Ids(await ReadAsync(null)));

        static IEnumerable<(int, int)> Ids(IEnumerable<ViewportTrace> traces) => traces.Select(trace => (trace.Video, trace.User));
    }

    [Fact]
    public async Task The_dataset_folder_itself_is_a_data_root()
    {
        root.Write("splits.json", """{"Jin2022":{"test":{"videos":[4],"users":[83]}}}""");
        root.Write("Jin2022/video4/5Hz/simple_5Hz_user83.csv", Row);

        var traces = await ReadAsync("test", [], Path.Combine(root.Path, "Jin2022") + Path.DirectorySeparatorChar);

        Assert.Single(traces);
    }

    [Fact]
    public async Task Other_rates_lie_in_their_own_folders()
    {
        root.Write("Jin2022/video4/2.5Hz/simple_2.5Hz_user83.csv", Row);

        var trace = Assert.Single(await ReadAsync(null, [("rate", "2.5")]));

        Assert.Equal(2.5, trace.RateHz);
    }

    [Fact]
    public async Task Roots_that_hold_something_else_are_refused()
    {
        root.Write("Wu2017/video3/5Hz/simple_5Hz_user5.csv", Row);

        var other = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync("test"));
        var inside = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync("test", [], Path.Combine(root.Path, "Wu2017")));
        var absent = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync("test", [], Path.Combine(root.Path, "nowhere")));
        var none = await Assert.ThrowsAsync<TelecomException>(() => ReadAsync(new Jin2022Dataset(), new DatasetQuery()));

        Assert.Equal(ErrorCode.DataRejected, other.Code);
        Assert.Contains("it holds Wu2017", other.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.DataRejected, inside.Code);
        Assert.Equal(ErrorCode.NotFound, absent.Code);
        Assert.Equal(ErrorCode.NotFound, none.Code);
    }

    internal static async Task<List<ViewportTrace>> ReadAsync(IDataset<ViewportTrace> dataset, DatasetQuery query)
    {
        var traces = new List<ViewportTrace>();
        await foreach (var trace in dataset.ReadAsync(query, TestContext.Current.CancellationToken))
        {
            traces.Add(trace);
        }

        return traces;
    }

    private Task<List<ViewportTrace>> ReadAsync(
        string? split = null, (string Name, string Value)[]? settings = null, string? path = null) => ReadAsync(
        new Jin2022Dataset(),
        new DatasetQuery
        {
            Path = path ?? root.Path,
            Split = split,
            Settings = (settings ?? []).ToDictionary(pair => pair.Name, pair => pair.Value),
        });
}
