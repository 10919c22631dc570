using Telecom.Sdk.Datasets;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class DatasetCatalogTests
{
    [Fact]
    public async Task Get_ignores_case_and_reads_the_records()
    {
        using var sandbox = new PluginSandbox("affine");
        await using var catalog = sandbox.Load();

        var rows = new List<float[]>();
        await foreach (var row in catalog.Datasets.Get<float[]>("RAMP").ReadAsync(new DatasetQuery(), TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        Assert.Equal(10, rows.Count);
        Assert.Equal([9, 10, 11, 12], rows[^1]);
    }

    [Fact]
    public async Task All_is_ordered_by_id_over_all_plugins()
    {
        using var sandbox = new PluginSandbox("private-dependency-b", "affine", "private-dependency-a");
        await using var catalog = sandbox.Load();

        Assert.Equal(["csv-version-a", "csv-version-b", "ramp"], catalog.Datasets.All.Select(dataset => dataset.Descriptor.Id));
    }

    [Fact]
    public async Task Get_of_an_unknown_id_lists_the_datasets_of_that_record()
    {
        using var sandbox = new PluginSandbox("affine", "private-dependency-a");
        await using var catalog = sandbox.Load();

        var exception = Assert.Throws<TelecomException>(() => catalog.Datasets.Get<string>("rump"));

        Assert.Equal(ErrorCode.NotFound, exception.Code);
        Assert.Equal("There is no dataset 'rump'. Datasets of String: csv-version-a.", exception.Message);
    }

    [Fact]
    public async Task Get_of_another_record_says_what_the_dataset_yields()
    {
        using var sandbox = new PluginSandbox("affine");
        await using var catalog = sandbox.Load();

        var exception = Assert.Throws<TelecomException>(() => catalog.Datasets.Get<string>("ramp"));

        Assert.Equal("Dataset 'ramp' yields Single[], not String. Datasets of String: none.", exception.Message);
    }

    [Fact]
    public async Task Get_of_a_dataset_whose_plugin_was_refused_says_why()
    {
        using var sandbox = new PluginSandbox("affine");
        PluginSandbox.EditManifest(Path.Combine(sandbox.Plugins, "affine"), manifest => manifest["contract"] = "7.0");
        await using var catalog = sandbox.Load();

        var exception = Assert.Throws<TelecomException>(() => catalog.Datasets.Get<float[]>("ramp"));

        Assert.Contains(
            "Plugin 'affine' would offer it but is Rejected: plugin.json of 'affine' asks for contract 7.0",
            exception.Message,
            StringComparison.Ordinal);
    }
}
