using System.Buffers.Binary;
using System.Text;

namespace Telecom.Sdk.Native;

/// <summary>
/// The parts of a 64-bit little-endian ELF shared library that decide whether the dynamic linker accepts it: architecture, segments, symbols and
/// symbol versions (System V ABI, gABI chapter 4; LSB core, chapter "Symbol Versioning"). Every read is checked against the length of the file.
/// </summary>
internal sealed class ElfImage
{
    private const uint SectionRelocations = 4;
    private const uint SectionDynamicSymbols = 11;
    private const uint SectionVersionDefinitions = 0x6ffffffd;
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const uint SectionSymbolVersions = 0x6fffffff;

    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const int RelocationSize = 24;

    private readonly Stream stream;
    private readonly Section[] sections;

    /// <summary>Reads the headers.</summary>
    /// <param name="stream">Seekable; must stay open while the image is used.</param>
    /// <exception cref="BadImageFormatException">No 64-bit little-endian ELF shared library, or it ends before its segments do.</exception>
    public ElfImage(Stream stream)
    {
        this.stream = stream;
        var header = ReadHeader();
        Machine = Half(header, 18);
        CheckSegments(Long(header, 32), Half(header, 54), Half(header, 56));
        sections = ReadSections(Long(header, 40), Half(header, 58), Half(header, 60));
    }

    /// <summary>Instruction set, <c>e_machine</c>: 62 for x86-64, 183 for AArch64.</summary>
    public ushort Machine { get; }

    /// <summary>Symbol versions that must be present in other libraries, in file order; empty when the file needs none.</summary>
    public IReadOnlyList<ElfVersionNeed> VersionNeeds()
    {
        if (Find(SectionVersionNeeds) is not { } section)
        {
            return [];
        }

        var (bytes, names) = (Read(section), Read(Linked(section)));
        var needs = new List<ElfVersionNeed>();
        for (long record = 0, next = -1; next != 0; record += next)
        {
            var library = Text(names, Word(bytes, record + 4));
            var entry = record + Word(bytes, record + 8);
            for (long left = Half(bytes, record + 2), step = -1; left > 0 && step != 0; left--, entry += step)
            {
                var version = Text(names, Word(bytes, entry + 8));
                needs.Add(new(library, version, Half(bytes, entry + 6), Half(bytes, entry + 4), section.Offset + entry + 4));
                step = Word(bytes, entry + 12);
            }

            next = Word(bytes, record + 12);
        }

        return needs;
    }

    /// <summary>Names of the symbol versions that this library offers.</summary>
    public IReadOnlySet<string> VersionDefinitions()
    {
        var definitions = new HashSet<string>(StringComparer.Ordinal);
        if (Find(SectionVersionDefinitions) is not { } section)
        {
            return definitions;
        }

        var (bytes, names) = (Read(section), Read(Linked(section)));
        for (long record = 0, next = -1; next != 0; record += next)
        {
            definitions.Add(Text(names, Word(bytes, record + Word(bytes, record + 12))));
            next = Word(bytes, record + 16);
        }

        return definitions;
    }

    /// <summary>Dynamic symbols that other libraries must provide.</summary>
    public IReadOnlyList<ElfSymbol> UndefinedSymbols()
    {
        var section = Find(SectionDynamicSymbols) ?? throw Damaged("has no dynamic symbols");
        var (bytes, names) = (Read(section), Read(Linked(section)));
        var versions = Find(SectionSymbolVersions) is { } table ? Read(table) : null;
        var symbols = new List<ElfSymbol>();
        for (var index = 1; (index + 1L) * SymbolSize <= bytes.Length; index++)
        {
            var at = index * SymbolSize;
            if (Half(bytes, at + 6) == 0)
            {
                // The top bit of a symbol version only says that the symbol is hidden.
                var version = versions is null ? (ushort)1 : (ushort)(Half(versions, index * 2L) & 0x7fff);
                symbols.Add(new(Text(names, Word(bytes, at)), index, bytes[at + 4], version, section.Offset + at + 4));
            }
        }

        return symbols;
    }

    /// <returns>Whether any relocation refers to the dynamic symbol of that index.</returns>
    public bool IsRelocated(int symbolIndex)
    {
        foreach (var section in sections)
        {
            if (section.Type == SectionRelocations && sections.ElementAtOrDefault(section.Link).Type == SectionDynamicSymbols)
            {
                var bytes = Read(section);
                for (var at = 0L; at + RelocationSize <= bytes.Length; at += RelocationSize)
                {
                    if (Long(bytes, at + 8) >> 32 == symbolIndex)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static BadImageFormatException Damaged(string what) => new(what);

    private static ushort Half(byte[] bytes, long at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(bytes, at, 2));

    private static uint Word(byte[] bytes, long at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(bytes, at, 4));

    private static long Long(byte[] bytes, long at) => BinaryPrimitives.ReadInt64LittleEndian(Slice(bytes, at, 8));

    private static ReadOnlySpan<byte> Slice(byte[] bytes, long at, int length) =>
        at >= 0 && at <= bytes.Length - length ? bytes.AsSpan((int)at, length) : throw Damaged("has a record that leaves its section");

    private static string Text(byte[] names, uint at)
    {
        var length = at < names.Length ? names.AsSpan((int)at).IndexOf((byte)0) : -1;
        return length >= 0 ? Encoding.UTF8.GetString(names, (int)at, length) : throw Damaged("has a name outside its string table");
    }

    private byte[] ReadHeader()
    {
        if (stream.Length < HeaderSize)
        {
            throw Damaged("is too short for an ELF file");
        }

        var header = Read(0, HeaderSize);
        if (!header.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
        {
            throw Damaged("is not an ELF file");
        }

        return (header[4], header[5], Half(header, 16)) switch
        {
            (not 2, _, _) => throw Damaged("is not a 64-bit ELF file"),
            (_, not 1, _) => throw Damaged("is a big-endian ELF file"),
            (_, _, not 3) => throw Damaged("is not a shared library"),
            _ => header,
        };
    }

    // A library that was cut short maps well and then ends the process with a bus error, so it is refused here.
    private void CheckSegments(long offset, int entrySize, int count)
    {
        const uint Loadable = 1;
        if (entrySize != ProgramHeaderSize)
        {
            throw Damaged("has program headers of an unknown size");
        }

        var table = Read(offset, (long)count * ProgramHeaderSize);
        for (var at = 0L; at < table.Length; at += ProgramHeaderSize)
        {
            var (start, size) = (Long(table, at + 8), Long(table, at + 32));
            if (Word(table, at) == Loadable && (start < 0 || size < 0 || start > stream.Length - size))
            {
                throw Damaged("is truncated: a segment reaches beyond its end");
            }
        }
    }

    private Section[] ReadSections(long offset, int entrySize, int count)
    {
        if (count > 0 && entrySize != SectionHeaderSize)
        {
            throw Damaged("has section headers of an unknown size");
        }

        var table = Read(offset, (long)count * SectionHeaderSize);
        var result = new Section[count];
        for (var i = 0; i < count; i++)
        {
            var at = (long)i * SectionHeaderSize;
            result[i] = new(Word(table, at + 4), Long(table, at + 24), Long(table, at + 32), (int)Math.Min(Word(table, at + 40), int.MaxValue));
        }

        return result;
    }

    private Section? Find(uint type)
    {
        var index = Array.FindIndex(sections, section => section.Type == type);
        return index < 0 ? null : sections[index];
    }

    private Section Linked(Section section) =>
        section.Link < sections.Length ? sections[section.Link] : throw Damaged("has a section without its string table");

    private byte[] Read(Section section) => Read(section.Offset, section.Size);

    private byte[] Read(long offset, long length)
    {
        if (offset < 0 || length < 0 || length > Array.MaxLength || offset > stream.Length - length)
        {
            throw Damaged("is truncated or damaged: a table reaches beyond its end");
        }

        var bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private readonly record struct Section(uint Type, long Offset, long Size, int Link);
}
