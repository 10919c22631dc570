using Telecom.Modeling.Bundles;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Sdk.Bundles;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Settings;
using static TorchSharp.torch;

namespace Telecom.Modeling.Tests.Bundles;

public sealed class BundleWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TorchSharp.Modules.Linear modules = nn.Linear(2, 1);

    public void Dispose()
    {
        modules.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Empty_target_is_filled()
    {
        Directory.CreateDirectory(folder.File("bundle"));

        BundleWriter.Write(folder.File("bundle"), Contents());

        Assert.True(Bundle.Exists(folder.File("bundle")));
        Assert.Equal(["bundle"], Entries());
    }

    [Fact]
    public void Missing_parent_is_made()
    {
        BundleWriter.Write(folder.File("a/b/bundle/"), Contents());

        Assert.True(Bundle.Exists(folder.File("a/b/bundle")));
    }

    [Fact]
    public void Target_that_holds_something_is_refused_and_kept()
    {
        Directory.CreateDirectory(folder.File("bundle"));
        folder.Write("bundle/notes.txt", "mine");

        var exception = Assert.ThrowsAny<TelecomException>(() => BundleWriter.Write(folder.File("bundle"), Contents()));

        Assert.Equal(ErrorCode.BundleInvalid, exception.Code);
        Assert.Contains("is not empty", exception.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder.File("bundle/notes.txt")));
        Assert.Equal(["bundle"], Entries());
    }

    [Fact]
    public void Target_that_is_a_file_is_refused_and_kept()
    {
        folder.Write("bundle", "mine");

        Assert.ThrowsAny<TelecomException>(() => BundleWriter.Write(folder.File("bundle"), Contents()));

        Assert.Equal("mine", File.ReadAllText(folder.File("bundle")));
    }

    [Fact]
    public void Interrupted_write_leaves_nothing_behind()
    {
        // The card is written first; JSON has no NaN, so that the settings and tensors after it never come.
        var broken = Contents() with { Card = Contents().Card with { Metrics = new Dictionary<string, double> { ["mae"] = double.NaN } } };

        Assert.ThrowsAny<ArgumentException>(() => BundleWriter.Write(folder.File("bundle"), broken));

        Assert.Empty(Entries());
    }

    [Fact]
    public void Write_that_fails_at_the_tensors_leaves_nothing_behind()
    {
        using var failing = new WatchedModules(() => throw new IOException("disk full"));

        Assert.Throws<IOException>(() => BundleWriter.Write(folder.File("bundle"), Contents() with { Modules = failing }));

        Assert.Empty(Entries());
    }

    [Fact]
    public void Half_written_folder_is_hidden_from_listings_beside_it()
    {
        var seen = Array.Empty<string>();
        var settings = SettingValues.Create([new SettingDescriptor("a", "1", "a")], []);
        using var watched = new WatchedModules(() => seen = [.. Entries()]);

        BundleWriter.Write(folder.File("adapted"), Contents() with { Modules = watched, Settings = settings });

        var temporary = Assert.Single(seen);
        Assert.StartsWith(".adapted.", temporary, StringComparison.Ordinal);
        Assert.Equal(["adapted"], Entries());
    }

    private IEnumerable<string> Entries() => Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)!);

    private BundleContents Contents() => new(
        new BundleCard
        {
            Task = "toy",
            Method = "network",
            Contract = "1.0",
            Base = "none",
            Data = "made up",
            DataFingerprint = "dd",
            Seed = 1,
            Command = "telecom train toy",
            Metrics = new Dictionary<string, double>(),
            Licence = "MIT",
            CreatedAt = DateTimeOffset.UnixEpoch,
            ModuleParameters = 3,
            AdapterParameters = 0,
        },
        SettingValues.Empty,
        modules,
        null);

    private sealed class WatchedModules(Action onRead) : nn.Module(nameof(WatchedModules))
    {
        public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
        {
            onRead();
            return base.state_dict(destination, prefix);
        }
    }
}
