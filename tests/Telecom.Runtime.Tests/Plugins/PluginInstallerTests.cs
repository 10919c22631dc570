using System.IO.Compression;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginInstallerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_puts_a_folder_or_zip_into_place_and_remove_takes_it_out(bool asZip)
    {
        using var sandbox = new PluginSandbox();
        var source = sandbox.Add("affine", "some-name", sandbox.Unused("source"));
        var zip = sandbox.Unused("affine.zip");
        await ZipFile.CreateFromDirectoryAsync(source, zip, Token);

        var record = await PluginInstaller.AddAsync(asZip ? zip : source, sandbox.Plugins, TimeProvider.System, Token);

        Assert.Equal(Path.Combine(sandbox.Plugins, "affine"), record.Folder);
        await using (var catalog = sandbox.Load())
        {
            Assert.Equal(PluginState.Active, Assert.Single(catalog.Plugins).State);
        }

        Assert.Equal(record.Folder, PluginInstaller.Remove("affine", sandbox.Plugins));
        Assert.False(Directory.Exists(record.Folder));
    }

    [Fact]
    public async Task Add_of_a_plugin_that_a_host_would_refuse_changes_nothing()
    {
        using var sandbox = new PluginSandbox("affine");
        var before = PluginFingerprint.Compute(Path.Combine(sandbox.Plugins, "affine"));
        var source = sandbox.Add("affine", "next", sandbox.Unused("source"));
        PluginSandbox.EditManifest(source, manifest => manifest["contract"] = "9.0");

        var exception = await Assert.ThrowsAsync<TelecomException>(
            () => PluginInstaller.AddAsync(source, sandbox.Plugins, TimeProvider.System, Token));

        Assert.Equal(ErrorCode.ContractMismatch, exception.Code);
        Assert.Equal(before, PluginFingerprint.Compute(Path.Combine(sandbox.Plugins, "affine")));
    }

    [Fact]
    public void Remove_of_an_unknown_plugin_lists_what_is_there()
    {
        using var sandbox = new PluginSandbox("affine");

        var exception = Assert.Throws<TelecomException>(() => PluginInstaller.Remove("nothing", sandbox.Plugins));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
        Assert.EndsWith("Plugins there: affine.", exception.Message, StringComparison.Ordinal);
    }
}
