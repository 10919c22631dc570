using System.IO.Compression;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginArchiveTests : IDisposable
{
    private const int UnixLink = 0xA1FF << 16;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("telecom-archive-");

    [Theory]
    [InlineData("plugin.json")]
    [InlineData("affine/plugin.json")]
    public void The_folder_with_the_manifest_is_found(string entry)
    {
        var folder = Unpack(zip => Add(zip, entry, "{}"));

        Assert.Equal("{}", File.ReadAllText(Path.Combine(folder, "plugin.json")));
    }

    [Theory]
    [InlineData("../plugin.json")]
    [InlineData("a/../../plugin.json")]
    [InlineData("/etc/plugin.json")]
    [InlineData("a\\..\\plugin.json")]
    [InlineData("C:/plugin.json")]
    [InlineData("a//plugin.json")]
    [InlineData("./plugin.json")]
    [InlineData("a./plugin.json")]
    public void A_name_that_leaves_the_folder_is_refused_and_writes_nothing(string entry)
    {
        var refusal = Refusal(zip => Add(zip, entry, "{}"));

        Assert.Contains("would not lie inside", refusal, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(root.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_link_is_refused()
    {
        var refusal = Refusal(zip => Add(zip, "plugin.json", "/etc/passwd").ExternalAttributes = UnixLink);

        Assert.Contains("is a link or a device", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_is_refused_by_what_comes_out_of_it()
    {
        // 8 MiB of zeros are packed into less than 8 KiB, a ratio of about 1000.
        var refusal = Refusal(zip => Add(zip, "plugin.json", new string('\0', 8 << 20)));

        Assert.Contains("more than 100 times its size", refusal, StringComparison.Ordinal);
        Assert.True(Directory.EnumerateFiles(root.FullName, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length) <= 2 << 20);
    }

    [Fact]
    public void Too_many_entries_are_refused()
    {
        var refusal = Refusal(zip =>
        {
            for (var i = 0; i <= 2000; i++)
            {
                zip.CreateEntry($"f{i}");
            }
        });

        Assert.Contains("2001 entries; 2000 are allowed", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_entries_of_one_name_are_refused_whatever_their_case()
    {
        var refusal = Refusal(zip =>
        {
            Add(zip, "plugin.json", "{}");
            Add(zip, "Plugin.json", "{}");
        });

        Assert.Contains("two entries named", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_zip_is_refused()
    {
        using var stream = new MemoryStream([1, 2, 3, 4]);

        Assert.Equal(
            ErrorCode.InvalidInput, Assert.Throws<TelecomException>(() => PluginArchive.Unpack(stream, root.FullName)).Code);
    }

    [Fact]
    public void An_archive_without_a_manifest_is_refused()
    {
        var refusal = Refusal(zip =>
        {
            Add(zip, "a/x.dll", "x");
            Add(zip, "b/y.dll", "y");
        });

        Assert.Contains("must hold plugin.json", refusal, StringComparison.Ordinal);
    }

    public void Dispose() => root.Delete(recursive: true);

    private string Refusal(Action<ZipArchive> fill)
    {
        var exception = Assert.Throws<TelecomException>(() => Unpack(fill));
        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
        return exception.Message;
    }

    private string Unpack(Action<ZipArchive> fill)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            fill(zip);
        }

        stream.Position = 0;
        return PluginArchive.Unpack(stream, root.FullName);
    }

    private static ZipArchiveEntry Add(ZipArchive zip, string name, string text)
    {
        var entry = zip.CreateEntry(name);
        using var writer = new StreamWriter(entry.Open());
        writer.Write(text);
        return entry;
    }
}
