using Telecom.Runtime.Models;

namespace Telecom.Runtime.Tests.Models;

public sealed class BundleCatalogTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("telecom-bundles-");

    private BundleCatalog Catalog => new(Path.Combine(root.FullName, "state"));

    private string PluginFolder => Path.Combine(root.FullName, "plugin");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void Method_without_bundles_is_untrained()
    {
        Assert.Null(Catalog.Current("toy", PluginFolder, "adapted"));
        Assert.Empty(BundleCatalog.Ablations(PluginFolder, "adapted"));
        Assert.EndsWith(Path.Combine("bundles", "toy", "adapted", "1"), Catalog.Next("toy", "adapted"), StringComparison.Ordinal);
    }

    [Fact]
    public void Shipped_bundle_is_version_zero()
    {
        var shipped = Make("plugin", "model", "adapted");

        Assert.Equal((shipped, "0"), Catalog.Current("toy", PluginFolder, "adapted"));
    }

    [Fact]
    public void Highest_number_of_the_state_folder_serves()
    {
        Make("plugin", "model", "adapted");
        Make("state", "bundles", "toy", "adapted", "2");
        var newest = Make("state", "bundles", "toy", "adapted", "10");
        Make("state", "bundles", "other", "adapted", "11");

        Assert.Equal((newest, "10"), Catalog.Current("toy", PluginFolder, "adapted"));
        Assert.EndsWith("11", Catalog.Next("toy", "adapted"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("007")]
    [InlineData("latest")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData(".7.abc.tmp")]
    public void Other_folders_are_no_versions(string name)
    {
        Make("state", "bundles", "toy", "adapted", name);

        Assert.Null(Catalog.Current("toy", PluginFolder, "adapted"));
    }

    [Fact]
    public void Folder_without_a_card_is_no_version()
    {
        Directory.CreateDirectory(Path.Combine(root.FullName, "state", "bundles", "toy", "adapted", "3"));

        Assert.Null(Catalog.Current("toy", PluginFolder, "adapted"));
    }

    [Fact]
    public void Ablations_are_the_folders_named_after_the_method()
    {
        var random = Make("plugin", "model", "adapted.random-7");
        var none = Make("plugin", "model", "adapted.none");
        Make("plugin", "model", "adapted");
        Make("plugin", "model", "adapted-netllm.none");
        Directory.CreateDirectory(Path.Combine(PluginFolder, "model", "adapted.empty"));

        Assert.Equal([none, random], BundleCatalog.Ablations(PluginFolder, "adapted"));
    }

    private string Make(params string[] path)
    {
        var folder = Path.Combine([root.FullName, .. path]);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "card.json"), "{}");
        return folder;
    }
}
