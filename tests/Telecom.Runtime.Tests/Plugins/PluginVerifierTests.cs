using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginVerifierTests
{
    [Fact]
    public async Task Verify_of_a_good_folder_reports_what_it_offers_and_that_it_unloads()
    {
        using var sandbox = new PluginSandbox("affine");

        var record = Assert.Single(await VerifyAsync(Path.Combine(sandbox.Plugins, "affine")));

        Assert.Equal(PluginState.Active, record.State);
        Assert.Equal(["affine"], record.Tasks);
        Assert.Equal(["ramp"], record.Datasets);
        Assert.Empty(record.Warnings);
    }

    [Fact]
    public async Task Verify_of_a_directory_of_plugins_reports_each()
    {
        using var sandbox = new PluginSandbox("affine", "no-exports", "future-contract");

        var records = await VerifyAsync(sandbox.Plugins);

        Assert.Equal([null, ErrorCode.SharedVersionConflict, ErrorCode.NoExports], records.Select(record => record.Error));
    }

    [Fact]
    public async Task Verify_of_a_folder_without_manifest_says_what_is_missing()
    {
        using var sandbox = new PluginSandbox("affine");
        var folder = Path.Combine(sandbox.Plugins, "affine");
        File.Delete(Path.Combine(folder, "plugin.json"));

        var record = Assert.Single(await VerifyAsync(folder));

        Assert.Equal(ErrorCode.ManifestInvalid, record.Error);
        Assert.Contains("has no plugin.json", record.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_of_a_missing_folder_says_so()
    {
        using var sandbox = new PluginSandbox();

        var exception = await Assert.ThrowsAsync<TelecomException>(() => VerifyAsync(sandbox.Unused("typo")));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
    }

    private static Task<IReadOnlyList<PluginRecord>> VerifyAsync(string folder) =>
        PluginVerifier.VerifyAsync(folder, TimeProvider.System, TestContext.Current.CancellationToken);
}
