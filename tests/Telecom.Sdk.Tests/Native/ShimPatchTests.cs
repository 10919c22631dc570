using Telecom.Sdk.Native;

namespace Telecom.Sdk.Tests.Native;

public sealed class ShimPatchTests
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string StreamInitialiser = "_ZSt21ios_base_library_initv";

    [Fact]
    public void Apply_marks_need_and_symbol_weak_and_touches_nothing_else()
    {
        var elf = new TinyElf();
        var original = elf.Build();

        var patched = ShimPatch.Locate(Image(original), Version).Apply(original);

        var expected = (byte[])original.Clone();
        expected[elf.FlagsAt[Version]] = 2;
        expected[elf.InfoAt[StreamInitialiser]] = 0x22;
        Assert.Equal(expected, patched);
        Assert.True(Image(patched).VersionNeeds().Single(need => need.Version == Version).IsWeak);
        Assert.True(Image(patched).UndefinedSymbols().Single(symbol => symbol.Name == StreamInitialiser).IsWeak);
    }

    [Fact]
    public void MissingVersions_names_what_the_older_library_lacks()
    {
        var shim = Image(new TinyElf().Build());
        var debian12 = Image(new TinyElf { Definitions = ["libstdc++.so.6", "GLIBCXX_3.4", "CXXABI_1.3"] }.Build());
        var gcc13 = Image(new TinyElf { Definitions = ["libstdc++.so.6", "GLIBCXX_3.4", "GLIBCXX_3.4.32", "CXXABI_1.3"] }.Build());

        Assert.Equal([Version], ShimPatch.MissingVersions(shim, debian12));
        Assert.Empty(ShimPatch.MissingVersions(shim, gcc13));
    }

    [Fact]
    public void MissingVersions_of_a_patched_shim_is_empty()
    {
        var original = new TinyElf().Build();
        var debian12 = Image(new TinyElf { Definitions = ["GLIBCXX_3.4", "CXXABI_1.3"] }.Build());

        var patched = Image(ShimPatch.Locate(Image(original), Version).Apply(original));

        Assert.Empty(ShimPatch.MissingVersions(patched, debian12));
    }

    [Fact]
    public void Locate_without_the_version_need_says_so()
    {
        var shim = Image(new TinyElf { Needs = [("libstdc++.so.6", "GLIBCXX_3.4", 2)] }.Build());

        var exception = Assert.Throws<BadImageFormatException>(() => ShimPatch.Locate(shim, Version));

        Assert.Equal("has no need for GLIBCXX_3.4.32 of libstdc++.so.6", exception.Message);
    }

    [Fact]
    public void Locate_refuses_a_version_that_another_symbol_uses_too()
    {
        var shim = Image(new TinyElf { Symbols = [(StreamInitialiser, 4, true), ("_ZSt4cout", 4, true)], RelocatedSymbols = [] }.Build());

        var exception = Assert.Throws<NotSupportedException>(() => ShimPatch.Locate(shim, Version));

        Assert.Contains("_ZSt4cout", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Locate_refuses_a_shim_that_calls_the_symbol()
    {
        var shim = Image(new TinyElf { RelocatedSymbols = [1, 2] }.Build());

        var exception = Assert.Throws<NotSupportedException>(() => ShimPatch.Locate(shim, Version));

        Assert.Contains(StreamInitialiser, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Locate_finds_both_places_of_the_packaged_linux_shim()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(path), "The packaged shim of this platform is not an ELF file.");
        var original = File.ReadAllBytes(path);

        var patched = ShimPatch.Locate(Image(original), Version).Apply(original);

        // Offset of the flags from the notes on TorchSharp 0.107.0; of the symbol from readelf: table at 0x3890, entry 482 of 24 bytes, info at +4.
        var changes = Enumerable.Range(0, original.Length).Where(i => original[i] != patched[i]).Select(i => (i, (int)original[i], (int)patched[i]));
        Assert.Equal([(0x3890 + (482 * 24) + 4, 0x12, 0x22), (0x3fa34, 0x00, 0x02)], changes);
    }

    private static ElfImage Image(byte[] bytes) => new(new MemoryStream(bytes));
}
