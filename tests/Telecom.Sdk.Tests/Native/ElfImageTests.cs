using Telecom.Sdk.Native;

namespace Telecom.Sdk.Tests.Native;

public sealed class ElfImageTests
{
    public static TheoryData<string, int, byte, string> DamagedHeaders => new()
    {
        { "magic", 0, 0x4d, "is not an ELF file" },
        { "32-bit class", 4, 1, "is not a 64-bit ELF file" },
        { "big-endian", 5, 2, "is a big-endian ELF file" },
        { "executable", 16, 2, "is not a shared library" },
        { "program headers of 32 bytes", 54, 32, "has program headers of an unknown size" },
        { "section headers of 40 bytes", 58, 40, "has section headers of an unknown size" },
    };

    [Fact]
    public void Tables_are_read_as_they_were_written()
    {
        var image = Image(new TinyElf { Machine = 183, Definitions = ["libx.so", "X_1.0"] });

        Assert.Equal(183, image.Machine);
        Assert.Equal(["GLIBC_2.2.5", "GLIBCXX_3.4", "GLIBCXX_3.4.32", "CXXABI_1.3"], image.VersionNeeds().Select(need => need.Version));
        Assert.Equal(["libc.so.6", "libstdc++.so.6", "libstdc++.so.6", "libstdc++.so.6"], image.VersionNeeds().Select(need => need.Library));
        Assert.Equal(["X_1.0", "libx.so"], image.VersionDefinitions().Order(StringComparer.Ordinal));
        Assert.Equal(["malloc", "_ZSt21ios_base_library_initv", "_ZNSolsEi"], image.UndefinedSymbols().Select(symbol => symbol.Name));
        Assert.Equal([true, false, false, true], Enumerable.Range(1, 4).Select(image.IsRelocated));
    }

    [Theory]
    [MemberData(nameof(DamagedHeaders))]
    public void Header_of_another_kind_is_refused_by_name(string kind, int offset, byte value, string message)
    {
        var bytes = new TinyElf().Build();
        bytes[offset] = value;

        var exception = Assert.Throws<BadImageFormatException>(() => new ElfImage(new MemoryStream(bytes)));

        Assert.True(exception.Message == message, $"{kind}: {exception.Message}");
    }

    [Fact]
    public void File_cut_at_any_length_is_refused()
    {
        var bytes = new TinyElf { Definitions = ["X_1.0"] }.Build();

        // The one segment covers the whole file, so every cut leaves it incomplete.
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<BadImageFormatException>(() => new ElfImage(new MemoryStream(bytes, 0, length)));
        }
    }

    [Fact]
    public void Random_damage_gives_the_typed_error_only()
    {
        var original = new TinyElf { Definitions = ["libx.so", "X_1.0"] }.Build();
        var random = new Random(20240611);
        var refused = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            refused += Survives(bytes) ? 0 : 1;
        }

        // Most bytes are table content, so a good part of the damage must be noticed.
        Assert.InRange(refused, 500, 5_000);
    }

    private static bool Survives(byte[] bytes)
    {
        try
        {
            var image = new ElfImage(new MemoryStream(bytes));
            _ = image.VersionNeeds().Count + image.VersionDefinitions().Count + image.UndefinedSymbols().Count;
            _ = image.IsRelocated(2);
            return true;
        }
        catch (BadImageFormatException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
            return false;
        }
    }

    private static ElfImage Image(TinyElf elf) => new(new MemoryStream(elf.Build()));
}
