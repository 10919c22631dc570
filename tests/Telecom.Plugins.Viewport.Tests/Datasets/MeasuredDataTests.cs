using Telecom.Datasets.Viewport;
using Telecom.Datasets.Viewport.HeadTraces;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Testing;

namespace Telecom.Plugins.Viewport.Tests.Datasets;

/// <summary>What the specification says about the measured files and splits.</summary>
public sealed class MeasuredDataTests
{
    [Theory]
    [InlineData("Jin2022", "train", 15, 42)]
    [InlineData("Jin2022", "valid", 6, 21)]
    [InlineData("Jin2022", "test", 6, 21)]
    [InlineData("Wu2017", "train", 5, 30)]
    [InlineData("Wu2017", "valid", 2, 9)]
    [InlineData("Wu2017", "test", 2, 9)]
    public void Published_splits_have_the_published_sizes(string dataset, string split, int videos, int users)
    {
        var lists = Official(dataset)[split];

        Assert.Equal((videos, users), (lists.Videos.Distinct().Count(), lists.Users.Distinct().Count()));
    }

    [Theory]
    [InlineData("Jin2022", 27, 84)]
    [InlineData("Wu2017", 9, 48)]
    public void Published_splits_share_neither_videos_nor_users(string dataset, int videos, int users)
    {
        var splits = Official(dataset).Values;

        Assert.Equal(Enumerable.Range(1, videos), splits.SelectMany(split => split.Videos).Order());
        Assert.Equal(Enumerable.Range(1, users), splits.SelectMany(split => split.Users).Order());
    }

    [Theory]
    [InlineData("Jin2022", "train")]
    [InlineData("Jin2022", "valid")]
    [InlineData("Jin2022", "test")]
    [InlineData("Wu2017", "train")]
    [InlineData("Wu2017", "valid")]
    [InlineData("Wu2017", "test")]
    public async Task The_splits_in_code_are_those_of_the_file(string dataset, string split)
    {
        var path = Path.Combine(SharedData.Folder("viewport"), "splits.json");
        using var file = await SplitFile.OpenAsync(path, TestContext.Current.CancellationToken);

        var listed = file.Find(dataset, split, "official")!;

        Assert.Equal(Official(dataset)[split].Videos, listed.Videos);
        Assert.Equal(Official(dataset)[split].Users, listed.Users);
    }

    [Theory]
    [InlineData("train", 300)]
    [InlineData("valid", 48)]
    [InlineData("test", 63)]
    public async Task Jin2022_subset_has_its_documented_traces(string split, int traces)
    {
        var read = await ReadAsync(new Jin2022Dataset(), split);

        Assert.Equal(traces, read.Count);
        Assert.All(read, AssertWithinRange);
        Assert.Contains(read, trace => trace.TimesSeconds.Span[0] > 100);
    }

    [Fact]
    public async Task Wu2017_subset_has_its_documented_traces()
    {
        var read = await ReadAsync(new Wu2017Dataset(), "test");

        Assert.Equal([16, 7, 46, 5, 35, 2, 41, 47, 13], read.Select(trace => trace.User));
        Assert.All(read, trace => Assert.Equal(3, trace.Video));
        Assert.All(read, AssertWithinRange);
    }

    private static IReadOnlyDictionary<string, TraceSplit> Official(string dataset) =>
        dataset == "Jin2022" ? OfficialSplits.Jin2022 : OfficialSplits.Wu2017;

    private static void AssertWithinRange(ViewportTrace trace)
    {
        Assert.Equal([trace.Length, trace.Length, trace.Length], [trace.RollDegrees.Length, trace.PitchDegrees.Length, trace.YawDegrees.Length]);
        Assert.All(trace.RollDegrees.ToArray(), roll => Assert.InRange(roll, -180, 180));
        Assert.All(trace.PitchDegrees.ToArray(), pitch => Assert.InRange(pitch, -90, 90));
        Assert.All(trace.YawDegrees.ToArray(), yaw => Assert.InRange(yaw, -180, 180));
    }

    private static Task<List<ViewportTrace>> ReadAsync(IDataset<ViewportTrace> dataset, string split) =>
        HeadTraceReaderTests.ReadAsync(dataset, new() { Path = SharedData.Folder("viewport"), Split = split });
}
