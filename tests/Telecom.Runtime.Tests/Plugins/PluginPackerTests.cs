using System.IO.Compression;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginPackerTests
{
    [Fact]
    public async Task A_packed_plugin_unpacks_into_a_directory_that_loads()
    {
        using var sandbox = new PluginSandbox("private-dependency-a");
        var zip = sandbox.Unused("a.zip");
        var report = PluginPacker.Pack(Path.Combine(sandbox.Plugins, "private-dependency-a"), zip);
        var unpacked = sandbox.Unused("unpacked");

        await ZipFile.ExtractToDirectoryAsync(zip, unpacked, TestContext.Current.CancellationToken);
        await using var catalog = sandbox.Load(unpacked);

        var record = Assert.Single(catalog.Plugins);
        Assert.Equal(PluginState.Active, record.State);
        Assert.Equal(report.Fingerprint, record.Fingerprint);
        Assert.Contains("CsvHelper.dll", report.Packed);
    }

    [Fact]
    public void Pack_leaves_out_what_the_host_brings()
    {
        using var sandbox = new PluginSandbox("affine");
        var folder = Path.Combine(sandbox.Plugins, "affine");
        string[] superfluous =
        [
            "Telecom.Fixtures.Affine.runtimeconfig.dev.json", "Telecom.Fixtures.Affine.runtimeconfig.json", "Telecom.Sdk.dll", "Telecom.Sdk.pdb",
            "TorchSharp.dll", "libLibTorchSharp.so", "libc10.so", "libtorch_cpu.so", "runtimes/win-x64/native/LibTorchSharp.dll",
        ];
        Directory.CreateDirectory(Path.Combine(folder, "runtimes/win-x64/native"));
        Array.ForEach(superfluous, name => File.WriteAllText(Path.Combine(folder, name), "x"));

        var report = PluginPacker.Pack(folder, sandbox.Unused("affine.zip"));

        Assert.Equal(superfluous.Order(StringComparer.Ordinal), report.LeftOut);
        Assert.Equal(
            ["Telecom.Fixtures.Affine.deps.json", "Telecom.Fixtures.Affine.dll", "Telecom.Fixtures.Affine.pdb", "plugin.json"],
            report.Packed);
        using var zip = ZipFile.OpenRead(report.Path);
        Assert.Equal(report.Packed.Select(name => $"affine/{name}"), zip.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public void Pack_of_equal_folders_gives_equal_bytes_whatever_their_dates()
    {
        using var sandbox = new PluginSandbox("affine");
        var folder = Path.Combine(sandbox.Plugins, "affine");
        var first = File.ReadAllBytes(PluginPacker.Pack(folder, sandbox.Unused("1.zip")).Path);
        var manifest = Path.Combine(folder, "plugin.json");
        File.SetLastWriteTimeUtc(manifest, File.GetLastWriteTimeUtc(manifest).AddYears(-5));

        var second = File.ReadAllBytes(PluginPacker.Pack(folder, sandbox.Unused("2.zip")).Path);

        Assert.Equal(first, second);
    }

    [Fact]
    public void Pack_into_the_folder_itself_does_not_pack_the_zip()
    {
        using var sandbox = new PluginSandbox("affine");
        var folder = Path.Combine(sandbox.Plugins, "affine");
        var zip = Path.Combine(folder, "affine.zip");

        var first = PluginPacker.Pack(folder, zip);
        var second = PluginPacker.Pack(folder, zip);

        Assert.Equal(first.Packed, second.Packed);
        Assert.Equal(first.Fingerprint, second.Fingerprint);
    }

    [Fact]
    public void Pack_of_a_folder_that_would_be_refused_writes_nothing()
    {
        using var sandbox = new PluginSandbox("future-contract");
        var zip = sandbox.Unused("future.zip");

        var exception = Assert.Throws<TelecomException>(() => PluginPacker.Pack(Path.Combine(sandbox.Plugins, "future-contract"), zip));

        Assert.Equal(ErrorCode.SharedVersionConflict, exception.Code);
        Assert.False(File.Exists(zip));
    }
}
