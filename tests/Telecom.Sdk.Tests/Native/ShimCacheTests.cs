using Telecom.Sdk.Native;

namespace Telecom.Sdk.Tests.Native;

public sealed class ShimCacheTests : IDisposable
{
    // SHA-256 of "abc", FIPS 180-2 appendix B.1.
    private const string HashOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private readonly string root = Directory.CreateTempSubdirectory("telecom-shim-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Store_names_the_copy_by_the_hash_of_the_original()
    {
        var path = ShimCache.Store(root, "shim.so", "abc"u8, [1, 2, 3]);

        Assert.Equal(Path.Combine(root, HashOfAbc, "shim.so"), path);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Fact]
    public void Store_reuses_an_intact_copy_and_replaces_a_damaged_one()
    {
        var path = ShimCache.Store(root, "shim.so", "abc"u8, [1, 2, 3]);
        var stamp = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, stamp);

        ShimCache.Store(root, "shim.so", "abc"u8, [1, 2, 3]);
        Assert.Equal(stamp, File.GetLastWriteTimeUtc(path));

        File.WriteAllBytes(path, [1, 2]);
        ShimCache.Store(root, "shim.so", "abc"u8, [1, 2, 3]);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Fact]
    public void Store_by_many_at_once_leaves_one_complete_copy()
    {
        var patched = new byte[1 << 20];
        new Random(1).NextBytes(patched);

        Parallel.For(0, 16, _ => Assert.Equal(patched, File.ReadAllBytes(ShimCache.Store(root, "shim.so", "abc"u8, patched))));

        Assert.Equal(["shim.so"], Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }
}
