using Telecom.Datasets.Abr;
using Telecom.Plugins.Abr.Simulation;
using Telecom.Plugins.Abr.Tests.Support;

namespace Telecom.Plugins.Abr.Tests.Datasets;

public sealed class SampleVideoTests
{
    [Fact]
    public async Task The_video_that_the_plugin_ships_is_the_generated_one()
    {
        var generated = await Samples.SampleVideoAsync();
        var shipped = ShippedVideos.Find("sample")!;

        Assert.Equal(generated.Name, shipped.Name);
        Assert.Equal(generated.Chunks, shipped.Chunks);
        Assert.Equal(generated.Rows, shipped.Rows);
        Assert.Equal(generated.BitratesKbps.ToArray(), shipped.BitratesKbps.ToArray());
        for (var row = 0; row < shipped.Rows; row++)
        {
            Assert.Equal(generated.SizesBytes(row).ToArray(), shipped.SizesBytes(row).ToArray());
        }
    }

    [Fact]
    public async Task Levels_of_the_generated_video_have_their_nominal_bitrate()
    {
        var video = await Samples.SampleVideoAsync();

        for (var level = 0; level < video.Levels; level++)
        {
            var bytes = Enumerable.Range(0, video.Rows).Sum(row => video.SizesBytes(row)[level]);

            // Rounding to whole bytes: half a byte per chunk.
            Assert.Equal(video.BitratesKbps[level], bytes * 8 / (video.Rows * video.ChunkMs), 1e-3);
        }
    }

    [Fact]
    public async Task A_generated_root_is_read_back_as_it_was_made()
    {
        using var folder = new TemporaryFolder();
        var dataset = new SynthDataset();
        var token = TestContext.Current.CancellationToken;
        await dataset.WriteAsync(folder.Path, new() { Seed = 4 }, null, token);

        var written = await new AbrTracesDataset().ReadAsync(new() { Path = folder.Path, Split = "test" }, token).ToListAsync(token);
        var generated = await dataset.ReadAsync(new() { Seed = 4, Split = "test" }, token).ToListAsync(token);
        var videos = await new AbrVideosDataset().ReadAsync(new() { Path = folder.Path }, token).ToListAsync(token);

        Assert.Equal(30, generated.Count);
        Assert.Equal("sample", Assert.Single(videos).Name);
        Assert.Equal(generated.Select(trace => (trace.Set, trace.Name, trace.StartPointer)), written.Select(trace => (trace.Set, trace.Name, trace.StartPointer)));
        for (var i = 0; i < generated.Count; i++)
        {
            Assert.Equal(generated[i].TimesSeconds.ToArray(), written[i].TimesSeconds.ToArray());
            Assert.Equal(generated[i].CapacityMbps.ToArray(), written[i].CapacityMbps.ToArray());
        }
    }
}
