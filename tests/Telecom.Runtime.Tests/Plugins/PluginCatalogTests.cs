using Microsoft.Extensions.Logging;
using Telecom.Runtime.Plugins;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class PluginCatalogTests
{
    [Fact]
    public async Task A_dropped_plugin_is_listed_and_answers()
    {
        using var sandbox = new PluginSandbox("affine");
        await using var catalog = sandbox.Load();

        var record = Assert.Single(catalog.Plugins);
        Assert.Equal(PluginState.Active, record.State);
        Assert.Equal(("affine", "1.0.0", sandbox.Plugins), (record.Id, record.Version, Path.GetDirectoryName(record.Folder)));
        Assert.Equal(["affine"], record.Tasks);
        Assert.Equal(["ramp"], record.Datasets);
        Assert.Equal(PluginFingerprint.Compute(record.Folder), record.Fingerprint);
        Assert.Equal(PluginSandbox.Now, record.SinceUtc);
        Assert.Null(record.Error);
        Assert.Empty(record.Warnings);

        var answer = catalog.Task("affine").Definition.Accept(new JsonAnswer("""{"x":[1,-2.5,0,0.5]}"""));
        Assert.Equal("""{"y":[3,-4,1,2],"s":-1}""", answer);
    }

    // platform.md §15.1.
    [Fact]
    public async Task The_tensor_view_of_a_plugin_gives_the_bytes_of_the_golden_vector()
    {
        using var sandbox = new PluginSandbox("affine");
        await using var catalog = sandbox.Load();
        var x = new float[4];
        Buffer.BlockCopy(Convert.FromHexString("0000803f000020c0000000000000003f"), 0, x, 0, 16);

        var outputs = catalog.Task("affine").Definition.Accept(new TensorAnswer(new TensorValue("x", [1, 4], x)));

        Assert.Equal("00004040000080c00000803f00000040", Bytes(outputs[0]));
        Assert.Equal("000000000000f0bf", Bytes(outputs[1]));
    }

    [Fact]
    public async Task One_bad_plugin_leaves_the_others_serving_and_is_logged_as_an_error()
    {
        using var sandbox = new PluginSandbox("affine", "no-exports", "private-dependency-a");
        await using var catalog = sandbox.Load();

        Assert.Equal(
            [("affine", PluginState.Active), ("no-exports", PluginState.Rejected), ("private-dependency-a", PluginState.Active)],
            catalog.Plugins.Select(plugin => (plugin.Id, plugin.State)));
        Assert.Equal("affine", Assert.Single(catalog.Tasks).Definition.Id);
        var error = Assert.Single(sandbox.Logger.Entries, entry => entry.Level is LogLevel.Error);
        Assert.Equal(EventIds.PluginRejected, error.Id.Id);
        Assert.Contains("no-exports is Rejected (no_exports)", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_plugins_run_on_different_versions_of_one_library()
    {
        using var sandbox = new PluginSandbox("private-dependency-a", "private-dependency-b");
        await using var catalog = sandbox.Load();

        Assert.Equal("33.0.0.0", await FirstAsync(catalog, "csv-version-a"));
        Assert.Equal("34.0.0.0", await FirstAsync(catalog, "csv-version-b"));
    }

    [Fact]
    public async Task The_first_of_two_directories_wins_an_id()
    {
        using var sandbox = new PluginSandbox("affine");
        var second = sandbox.Unused("second");
        sandbox.Add("affine", directory: second);
        await using var catalog = sandbox.Load(sandbox.Plugins, second);

        Assert.Equal([PluginState.Active, PluginState.Rejected], catalog.Plugins.Select(plugin => plugin.State));
        Assert.Equal(ErrorCode.TaskNameTaken, catalog.Plugins[1].Error);
        Assert.Contains("A plugin 'affine' (version 1.0.0) is loaded already", catalog.Plugins[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_holds_a_manifest_is_one_plugin()
    {
        using var sandbox = new PluginSandbox("affine", "private-dependency-a");
        await using var catalog = sandbox.Load(Path.Combine(sandbox.Plugins, "affine"));

        Assert.Equal("affine", Assert.Single(catalog.Plugins).Id);
        Assert.Single(catalog.Tasks);
    }

    [Fact]
    public void Load_of_a_missing_directory_says_so()
    {
        using var sandbox = new PluginSandbox();
        var missing = sandbox.Unused("typo");

        var exception = Assert.Throws<TelecomException>(() => sandbox.Load(missing));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
        Assert.Contains(missing, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_of_an_unknown_id_lists_the_tasks_and_the_plugin_that_failed()
    {
        using var sandbox = new PluginSandbox("affine", "no-exports");
        await using var catalog = sandbox.Load();

        var unknown = Assert.Throws<TelecomException>(() => catalog.Task("nothing"));
        Assert.Equal(ErrorCode.NotFound, unknown.Code);
        Assert.Equal("There is no task 'nothing'. Tasks: affine.", unknown.Message);

        var failed = Assert.Throws<TelecomException>(() => catalog.Task("silence"));
        Assert.Contains("Plugin 'no-exports' would offer it but is Rejected:", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_that_are_still_being_written_are_left_alone()
    {
        using var sandbox = new PluginSandbox("affine");
        sandbox.Add("private-dependency-a", ".incoming");
        await using var catalog = sandbox.Load();

        Assert.Equal("affine", Assert.Single(catalog.Plugins).Id);
    }

    private static string Bytes(TensorValue tensor)
    {
        var bytes = new byte[Buffer.ByteLength(tensor.Data)];
        Buffer.BlockCopy(tensor.Data, 0, bytes, 0, bytes.Length);
        return Convert.ToHexStringLower(bytes);
    }

    private static async Task<string> FirstAsync(PluginCatalog catalog, string dataset)
    {
        await foreach (var text in catalog.Datasets.Get<string>(dataset).ReadAsync(new(), TestContext.Current.CancellationToken))
        {
            return text;
        }

        return "nothing";
    }
}
