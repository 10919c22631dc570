using Telecom.Runtime.Plugins;

namespace Telecom.Runtime.Tests.Plugins;

public sealed class ShadowCopyTests
{
    [Fact]
    public void Two_holders_share_one_copy_and_the_last_deletes_it()
    {
        using var sandbox = new PluginSandbox("affine");
        var (source, root, fingerprint) = Place(sandbox);

        var first = ShadowCopy.TryCreate(source, root, fingerprint)!;
        var second = ShadowCopy.TryCreate(source, root, fingerprint)!;
        Assert.Equal(first.Folder, second.Folder);
        Assert.Equal(fingerprint, PluginFingerprint.Compute(first.Folder));

        first.Dispose();
        Assert.True(Directory.Exists(second.Folder));
        second.Dispose();
        Assert.Empty(Directory.EnumerateFileSystemEntries(root));
    }

    [Fact]
    public void A_copy_that_nobody_holds_goes_when_the_next_version_comes()
    {
        using var sandbox = new PluginSandbox("affine");
        var (source, root, fingerprint) = Place(sandbox);
        var crashed = Path.Combine(root, "00ff");
        Directory.CreateDirectory(crashed);
        Directory.CreateDirectory(crashed + ".half-copied");
        File.WriteAllBytes(crashed + ".lease", []);

        using var copy = ShadowCopy.TryCreate(source, root, fingerprint);

        var left = Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal([fingerprint, fingerprint + ".lease"], left);
    }

    [Fact]
    public void A_copy_that_somebody_holds_stays_when_the_next_version_comes()
    {
        using var sandbox = new PluginSandbox("affine");
        var (source, root, fingerprint) = Place(sandbox);
        using var old = ShadowCopy.TryCreate(source, root, fingerprint)!;
        File.WriteAllText(Path.Combine(source, "NOTICE"), "new");

        using var next = ShadowCopy.TryCreate(source, root, PluginFingerprint.Compute(source))!;

        Assert.NotEqual(old.Folder, next.Folder);
        Assert.True(Directory.Exists(old.Folder));
    }

    [Fact]
    public void TryCreate_of_a_folder_that_changed_since_it_was_fingerprinted_leaves_nothing()
    {
        using var sandbox = new PluginSandbox("affine");
        var (source, root, fingerprint) = Place(sandbox);
        File.WriteAllText(Path.Combine(source, "late.txt"), "still copying");

        Assert.Null(ShadowCopy.TryCreate(source, root, fingerprint));
        Assert.Empty(Directory.EnumerateFileSystemEntries(root));
    }

    [Fact]
    public void The_copy_lacks_what_works_on_the_authors_machine_only()
    {
        using var sandbox = new PluginSandbox("affine");
        File.WriteAllText(Path.Combine(sandbox.Plugins, "affine", "X.runtimeconfig.dev.json"), "{}");
        var (source, root, fingerprint) = Place(sandbox);

        using var copy = ShadowCopy.TryCreate(source, root, fingerprint)!;

        Assert.False(File.Exists(Path.Combine(copy.Folder, "X.runtimeconfig.dev.json")));
        Assert.True(File.Exists(Path.Combine(copy.Folder, "plugin.json")));
    }

    private static (string Source, string Root, string Fingerprint) Place(PluginSandbox sandbox)
    {
        var source = Path.Combine(sandbox.Plugins, "affine");
        var root = Directory.CreateDirectory(Path.Combine(sandbox.State, "plugins", "affine")).FullName;
        return (source, root, PluginFingerprint.Compute(source));
    }
}
