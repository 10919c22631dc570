using Telecom.Datasets.Abr;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Domains;
using Telecom.Sdk.Errors;

namespace Telecom.Plugins.Abr.Tests.Datasets;

/// <summary>What readers take and what they refuse, with file and line.</summary>
public sealed class ReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("0 1\n1 2\n", 2)]
    [InlineData("0\t1\r\n1\t2\r\n\r\n", 2)]
    [InlineData("  0.0   0  \n 4 0\n 5.5 1e1 ", 3)]
    [InlineData("3 1\n4 2\n", 2)]
    public async Task Traces_may_end_lines_and_separate_columns_as_they_like(string text, int points)
    {
        var trace = Assert.Single(await TracesAsync(folder.Write("trace", text)));

        Assert.Equal(points, trace.Length);
        Assert.Null(trace.StartPointer);
    }

    [Theory]
    [InlineData("0 1\n", null, "two points")]
    [InlineData("", null, "two points")]
    [InlineData("0 1\n1 2\n1 3\n", 3, "later than 1 s")]
    [InlineData("0 1\n2 2\n1 3\n", 3, "later than 2 s")]
    [InlineData("-1 1\n1 2\n", 1, "time in s")]
    [InlineData("0 1\n1 -2\n", 2, "capacity in Mbit/s")]
    [InlineData("0 1\n1 NaN\n", 2, "'NaN'")]
    [InlineData("0 1\n1 Infinity\n", 2, "capacity")]
    [InlineData("0 1\nx 2\n", 2, "'x'")]
    [InlineData("0 1\n1 2 3\n", 2, "two columns")]
    [InlineData("0 1\n1\n2 2\n", 2, "two columns")]
    [InlineData("0 1\n\n2 2\n", 2, "two columns")]
    [InlineData("0,1\n1,2\n", 1, "two columns")]
    [InlineData("0 9\n1 0\n2 0\n", null, "0 throughout")]
    public async Task Wrong_traces_are_refused_with_file_and_line(string text, int? line, string what)
    {
        var path = folder.Write("trace", text);

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await TracesAsync(path));

        AssertNames(exception, path, line, what);
    }

    [Theory]
    [InlineData("set,trace,start_ptr\na,t,1\n", 1)]
    [InlineData("points,start_ptr,trace,set\r\n3,2,t,a\r\n", 2)]
    [InlineData("set,trace,start_ptr\na,other,1\n", null)]
    public async Task Start_pointers_are_found_by_set_and_trace(string pointers, int? expected)
    {
        folder.Write("traces/a/t", "0 1\n1 1\n2 1\n");
        folder.Write("start_pointers.csv", pointers);

        Assert.Equal(expected, Assert.Single(await TracesAsync(folder.Path, "a")).StartPointer);
    }

    [Theory]
    [InlineData("set,trace,start_ptr\na,t,0\n", 2, "from 1 to 2")]
    [InlineData("set,trace,start_ptr\nb,x,1\na,t,3\n", 3, "from 1 to 2")]
    [InlineData("set,trace,start_ptr\na,t,one\n", 2, "whole number")]
    [InlineData("set,trace,start_ptr\na,t\n", 2, "2 columns instead of 3")]
    [InlineData("set,trace,start_ptr\na,t,1\na,t,2\n", 3, "twice")]
    [InlineData("set,trace,start\na,t,1\n", 1, "start_ptr")]
    public async Task Wrong_start_pointers_are_refused_with_file_and_line(string pointers, int line, string what)
    {
        folder.Write("traces/a/t", "0 1\n1 1\n2 1\n");
        var path = folder.Write("start_pointers.csv", pointers);

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await TracesAsync(folder.Path, "a"));

        AssertNames(exception, path, line, what);
    }

    [Fact]
    public async Task Sets_are_read_in_the_order_of_their_names()
    {
        folder.Write("traces/b/2", "0 1\n1 1\n");
        folder.Write("traces/b/10", "0 1\n1 1\n");
        folder.Write("traces/a/x", "0 1\n1 1\n");
        folder.Write("traces/a/.hidden", "no trace");

        Assert.Equal(["a/x", "b/10", "b/2"], (await TracesAsync(folder.Path)).Select(trace => $"{trace.Set}/{trace.Name}"));
        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await TracesAsync(folder.Path, "c"));
        Assert.Contains("Its sets: a, b", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_video_needs_sizes_of_every_level_and_chunk()
    {
        WriteLevels("10\n20\n30\n", "11\n21\n31\n");

        var video = Assert.Single(await VideosAsync(("ladder", "100,200"), ("chunks", "2")));

        Assert.Equal(("v", 2, 3, 2), (video.Name, video.Levels, video.Rows, video.ChunksPlayed));
        Assert.Equal([10, 11, 20, 21, 30, 31], video.SizesBytes.ToArray());
    }

    [Theory]
    [InlineData("10\n20\n", "11\n", "video_size_1", null, "1 rows")]
    [InlineData("10\n20\n", "11\n21\n31\n", "video_size_1", null, "video_size_0 has 2")]
    [InlineData("10\n", "11\n", "video_size_0", null, "2 chunks")]
    [InlineData("10\nx\n", "11\n21\n", "video_size_0", 2, "'x'")]
    [InlineData("10\n1.5\n", "11\n21\n", "video_size_0", 2, "whole number")]
    [InlineData("10\n0\n", "11\n21\n", "video_size_0", 2, "above 0")]
    [InlineData("10\n20\n", "11\n-4\n", "video_size_1", 2, "above 0")]
    [InlineData("10\n\n20\n", "11\n21\n31\n", "video_size_0", 2, "whole number")]
    [InlineData("10\n20\n", null, "video_size_1", null, "missing")]
    public async Task Wrong_videos_are_refused_with_file_and_line(string level0, string? level1, string file, int? line, string what)
    {
        WriteLevels(level0, level1);

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await VideosAsync(("ladder", "100,200"), ("chunks", "2")));

        AssertNames(exception, Path.Combine(folder.Path, "videos", "v", file), line, what);
    }

    [Fact]
    public async Task More_levels_than_bitrates_are_refused()
    {
        WriteLevels("10\n20\n", "11\n21\n");

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await VideosAsync(("ladder", "100"), ("chunks", "2")));

        Assert.Contains("video_size_1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200,200")]
    [InlineData("300,200")]
    [InlineData("0,200")]
    [InlineData("a,200")]
    [InlineData("")]
    public async Task A_ladder_that_does_not_increase_is_refused(string ladder)
    {
        WriteLevels("10\n20\n", "11\n21\n");

        var exception = await Assert.ThrowsAsync<TelecomException>(async () => await VideosAsync(("ladder", ladder), ("chunks", "2")));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        Assert.Contains("ladder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generated_traces_do_not_depend_on_how_many_there_are()
    {
        var token = TestContext.Current.CancellationToken;
        var few = new DatasetQuery { Split = "valid", Settings = new Dictionary<string, string> { ["valid-traces"] = "2" } };
        var dataset = new SynthDataset();

        var first = await dataset.ReadAsync(few, token).ToListAsync(token);
        var all = await dataset.ReadAsync(new() { Split = "valid" }, token).ToListAsync(token);

        Assert.Equal(16, all.Count);
        Assert.Equal(first.Select(trace => trace.CapacityMbps.ToArray()), all.Take(2).Select(trace => trace.CapacityMbps.ToArray()));
        foreach (var trace in all)
        {
            // The rule of the page: 0.1 to 5.5 Mbit/s, gaps of 0.1 to 3.5 s up to 320 s, all with two decimals.
            var times = trace.TimesSeconds.ToArray();
            Assert.Equal(0, times[0]);
            Assert.InRange(times[^1], 316, 320);
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0.1 - 1e-9, 3.5 + 1e-9));
            Assert.All(trace.CapacityMbps.ToArray(), mbps => Assert.InRange(mbps, 0.1, 5.5));
            Assert.All(trace.CapacityMbps.ToArray(), mbps => Assert.Equal(Math.Round(mbps, 2), mbps));
            Assert.InRange(trace.StartPointer!.Value, 1, trace.Length - 1);
        }
    }

    [Fact]
    public async Task Generating_into_a_folder_with_traces_is_refused()
    {
        folder.Write("traces/a/t", "0 1\n1 1\n");

        var exception = await Assert.ThrowsAsync<TelecomException>(
            async () => await new SynthDataset().WriteAsync(folder.Path, new(), null, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
    }

    private static void AssertNames(TelecomException exception, string path, int? line, string what)
    {
        Assert.Equal(ErrorCode.DataRejected, exception.Code);
        Assert.StartsWith(line is { } number ? FormattableString.Invariant($"{path}:{number}: ") : $"{path}: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
    }

    private static async Task<List<ThroughputTrace>> TracesAsync(string path, string? split = null)
    {
        var token = TestContext.Current.CancellationToken;
        return await new AbrTracesDataset().ReadAsync(new() { Path = path, Split = split }, token).ToListAsync(token);
    }

    private async Task<List<VideoLadder>> VideosAsync(params (string Name, string Value)[] settings)
    {
        var token = TestContext.Current.CancellationToken;
        var query = new DatasetQuery { Path = folder.Path, Settings = settings.ToDictionary(pair => pair.Name, pair => pair.Value) };
        return await new AbrVideosDataset().ReadAsync(query, token).ToListAsync(token);
    }

    private void WriteLevels(string level0, string? level1)
    {
        folder.Write("videos/v/video_size_0", level0);
        if (level1 is not null)
        {
            folder.Write("videos/v/video_size_1", level1);
        }
    }
}
