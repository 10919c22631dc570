using System.Reflection;
using System.Text.Json;
using Telecom.Datasets.Abr;
using Telecom.Plugins.Abr.Tests.Support;
using Telecom.Sdk.Datasets;
using Telecom.Sdk.Methods;
using Telecom.Sdk.Plugins;
using Telecom.Sdk.Tasks;

namespace Telecom.Plugins.Abr.Tests;

public sealed class PluginFolderTests
{
    [Theory]
    [InlineData("plugins/Telecom.Plugins.Abr", "abr", typeof(AbrTask))]
    [InlineData("datasets/Telecom.Datasets.Abr", "abr-datasets", typeof(SynthDataset))]
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
    }

    [Fact]
    public void Dataset_ids_are_those_of_their_descriptors()
    {
        foreach (var dataset in FixedCatalog.Shipped.All)
        {
            Assert.Equal(dataset.GetType().GetCustomAttribute<ExportDatasetAttribute>()!.Id, dataset.Descriptor.Id);
            Assert.Equal(dataset.Descriptor.Settings.Count, dataset.Descriptor.Settings.DistinctBy(setting => setting.Name).Count());
        }
    }

    [Fact]
    public void The_task_lists_every_rule_policy_and_answers_with_mpc_where_others_cannot()
    {
        var task = Benchmarks.Task;

        Assert.Equal(
            ["fixed0", "fixed3", "rate", "bba", "bola", "bola-g2q40", "mpc-jump", "mpc"],
            task.Methods.Where(method => method.Kind == MethodKind.Analytic).Select(method => method.Id));
        Assert.Equal("mpc", task.FallbackMethod!.Id);
        Assert.NotNull(task.Simulator);
        Assert.NotNull(task.SpeedSuite);
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
