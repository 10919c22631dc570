using Telecom.Modeling.Bundles;
using Telecom.Modeling.Tests.Checkpoints;
using Telecom.Sdk.Errors;

namespace Telecom.Modeling.Tests.Bundles;

public sealed class AdapterStoreTests : IDisposable
{
    private readonly TemporaryFolder state = new();
    private readonly TemporaryFolder source = new();
    private readonly AdapterStore store;

    public AdapterStoreTests()
    {
        store = new AdapterStore(state.Path);
        source.Write("adapter_config.json", "{}");
        source.Write("adapter_model.safetensors", [1, 2, 3]);
        source.Write("notes.txt", "not an adapter's");
    }

    public void Dispose()
    {
        source.Dispose();
        state.Dispose();
    }

    [Fact]
    public void Versions_count_up_and_the_newest_is_found_by_name()
    {
        Assert.Null(store.Find("a"));
        Assert.Empty(store.List());

        store.Add("a", source.Path);
        var second = store.Add("a", source.Path);
        store.Add("b", source.Path);

        Assert.Equal(second, store.Find("a"));
        Assert.Equal(1, store.Find("a@1")!.Version);
        Assert.Null(store.Find("a@3"));
        Assert.Null(store.Find("a@01"));
        Assert.Null(store.Find("../a"));
        Assert.Equal(["a 1", "a 2", "b 1"], store.List().Select(stored => $"{stored.Name} {stored.Version}"));
        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors"],
            Directory.EnumerateFiles(second.Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Folders_that_are_no_versions_are_overlooked()
    {
        store.Add("a", source.Path);
        foreach (var name in new[] { "007", "x", "0", ".tmp" })
        {
            Directory.CreateDirectory(Path.Combine(state.Path, "adapters", "a", name));
        }

        Assert.Equal(1, store.Find("a")!.Version);
        Assert.Equal(2, store.Add("a", source.Path).Version);
    }

    [Fact]
    public async Task Imports_at_once_get_different_versions()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.Add("a", source.Path), TestContext.Current.CancellationToken)));

        Assert.Equal(Enumerable.Range(1, 8), added.Select(stored => stored.Version).Order());
        Assert.All(added, stored => Assert.Equal(2, Directory.GetFiles(stored.Folder).Length));
        Assert.Equal(8, Directory.GetDirectories(Path.Combine(state.Path, "adapters", "a")).Length);
    }

    [Fact]
    public void Incomplete_source_leaves_nothing_behind()
    {
        File.Delete(source.File("adapter_model.safetensors"));

        Assert.ThrowsAny<IOException>(() => store.Add("a", source.Path));

        Assert.Empty(Directory.GetDirectories(Path.Combine(state.Path, "adapters", "a")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a@1")]
    [InlineData("ä")]
    public void Names_that_leave_the_folder_or_look_like_a_version_are_refused(string name)
    {
        var exception = Assert.ThrowsAny<TelecomException>(() => store.Add(name, source.Path));

        Assert.Equal(ErrorCode.InvalidInput, exception.Code);
    }
}
