using System.Reflection;
using System.Text.Json;
using Telecom.Datasets.Viewport;
using Telecom.Plugins.Viewport.Tests.Support;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Plugins;
using Telecom.Sdk.Tasks;

namespace Telecom.Plugins.Viewport.Tests;

public sealed class PluginFolderTests
{
    [Theory]
    [InlineData("plugins/Telecom.Plugins.Viewport", "viewport", typeof(ViewportTask))]
    [InlineData("datasets/Telecom.Datasets.Viewport", "viewport-datasets", typeof(Jin2022Dataset))]
    public void The_manifest_names_what_the_assembly_exports(string folder, string id, Type exported)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository(), folder, "plugin.json")));
        var exports = exported.Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<ExportTaskAttribute>()?.Id ?? type.GetCustomAttribute<ExportDatasetAttribute>()?.Id)
            .OfType<string>();

        Assert.Equal(id, manifest.RootElement.GetProperty("id").GetString());
        Assert.Equal(exported.Assembly.GetName().Name + ".dll", manifest.RootElement.GetProperty("main").GetString());
        Assert.Equal(SdkContract.Version, manifest.RootElement.GetProperty("contract").GetString());
        Assert.Equal(
            exports.Order(),
            manifest.RootElement.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("name").GetString()!).Order());
        Assert.Equal(SdkContract.Version, exported.Assembly.GetCustomAttribute<TelecomPluginAttribute>()?.Contract);
    }

    [Fact]
    public void Dataset_ids_are_those_of_their_descriptors()
    {
        foreach (var dataset in FixedCatalog.Shipped.All)
        {
            Assert.Equal(dataset.GetType().GetCustomAttribute<ExportDatasetAttribute>()!.Id, dataset.Descriptor.Id);
            Assert.Equal(typeof(Telecom.Sdk.Domains.ViewportTrace), dataset.RecordType);
            Assert.Equal(dataset.Descriptor.Settings.Count, dataset.Descriptor.Settings.DistinctBy(setting => setting.Name).Count());
        }
    }

    [Fact]
    public void Baselines_come_first_and_hold_comes_before_all()
    {
        Assert.Equal(
            ["hold", "damped-velocity", "velocity", "velocity-unwrap", "linear-regression", "linear-regression-unwrap"],
            Benchmarks.Task.Methods.Take(6).Select(method => method.Id));
        Assert.All(Benchmarks.Task.Methods.Take(6), method => Assert.Equal(MethodKind.Analytic, method.Kind));
        Assert.Equal("hold", Benchmarks.Task.FallbackMethod!.Id);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Telecom.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
