using System.Text;

namespace Telecom.Sdk.Tests.Native;

/// <summary>Writes a 64-bit ELF shared library of a few hundred bytes that holds exactly the tables under test.</summary>
internal sealed class TinyElf
{
    private readonly List<byte> file = [];
    private readonly List<(uint Type, long Offset, long Size, int Link)> sections = [(0, 0, 0, 0)];
    private readonly List<byte> names = [0];

    public ushort Machine { get; init; } = 62;

    /// <summary>Library, version and index by which symbols refer to it; libraries follow one another.</summary>
    public (string Library, string Version, ushort Index)[] Needs { get; init; } =
    [
        ("libc.so.6", "GLIBC_2.2.5", 3),
        ("libstdc++.so.6", "GLIBCXX_3.4", 2),
        ("libstdc++.so.6", "GLIBCXX_3.4.32", 4),
        ("libstdc++.so.6", "CXXABI_1.3", 5),
    ];

    public string[] Definitions { get; init; } = [];

    /// <summary>Name, version index and whether the symbol is undefined; entry 0 of the table is written in addition.</summary>
    public (string Name, ushort Version, bool Undefined)[] Symbols { get; init; } =
    [
        ("malloc", 3, true),
        ("_ZSt21ios_base_library_initv", 4, true),
        ("THSTensor_add", 1, false),
        ("_ZNSolsEi", 2, true),
    ];

    /// <summary>Indices into the symbol table, entry 0 included.</summary>
    public int[] RelocatedSymbols { get; init; } = [1, 4];

    /// <summary>Where <see cref="Build"/> put the flags of each need.</summary>
    public Dictionary<string, int> FlagsAt { get; } = [];

    /// <summary>Where <see cref="Build"/> put binding and type of each symbol.</summary>
    public Dictionary<string, int> InfoAt { get; } = [];

    public byte[] Build()
    {
        const int StringTable = 1, SymbolTable = 2;
        file.AddRange(new byte[64 + 56]);
        var (symbols, needs, definitions) = (SymbolBytes(), NeedBytes(), DefinitionBytes());
        Section(3, names.ToArray(), 0);
        var symbolsAt = Section(11, symbols, StringTable);
        Section(0x6fffffff, VersionBytes(), SymbolTable);
        var needsAt = Section(0x6ffffffe, needs, StringTable);
        Section(0x6ffffffd, definitions, StringTable);
        Section(4, RelocationBytes(), SymbolTable);
        Shift(InfoAt, symbolsAt);
        Shift(FlagsAt, needsAt);
        var headersAt = WriteSectionHeaders();
        WriteHeader(headersAt);
        return file.ToArray();
    }

    private static void Shift(Dictionary<string, int> places, long by)
    {
        foreach (var name in places.Keys.ToArray())
        {
            places[name] += (int)by;
        }
    }

    private static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        return stream.ToArray();
    }

    private uint Name(string text)
    {
        var at = (uint)names.Count;
        names.AddRange(Encoding.ASCII.GetBytes(text + '\0'));
        return at;
    }

    private byte[] SymbolBytes() => Bytes(writer =>
    {
        writer.Write(new byte[24]);
        foreach (var (name, _, undefined) in Symbols)
        {
            writer.Write(Name(name));
            InfoAt[name] = (int)writer.BaseStream.Position;
            writer.Write((byte)0x12);
            writer.Write((byte)0);
            writer.Write((ushort)(undefined ? 0 : 7));
            writer.Write(0x1000L);
            writer.Write(8L);
        }
    });

    private byte[] VersionBytes() => Bytes(writer =>
    {
        writer.Write((ushort)0);
        foreach (var (_, version, _) in Symbols)
        {
            writer.Write(version);
        }
    });

    private byte[] NeedBytes() => Bytes(writer =>
    {
        var groups = Needs.GroupBy(need => need.Library).ToArray();
        foreach (var group in groups)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)group.Count());
            writer.Write(Name(group.Key));
            writer.Write(16);
            writer.Write(group == groups[^1] ? 0 : 16 + (16 * group.Count()));
            foreach (var (_, version, index) in group)
            {
                writer.Write(0x0abcdef0);
                FlagsAt[version] = (int)writer.BaseStream.Position;
                writer.Write((ushort)0);
                writer.Write(index);
                writer.Write(Name(version));
                writer.Write(version == group.Last().Version ? 0 : 16);
            }
        }
    });

    private byte[] DefinitionBytes() => Bytes(writer =>
    {
        for (var i = 0; i < Definitions.Length; i++)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)0);
            writer.Write((ushort)(i + 1));
            writer.Write((ushort)1);
            writer.Write(0x0abcdef0);
            writer.Write(20);
            writer.Write(i == Definitions.Length - 1 ? 0 : 28);
            writer.Write(Name(Definitions[i]));
            writer.Write(0);
        }
    });

    private byte[] RelocationBytes() => Bytes(writer =>
    {
        foreach (var symbol in RelocatedSymbols)
        {
            writer.Write(0x2000L);
            writer.Write(((long)symbol << 32) | 7);
            writer.Write(0L);
        }
    });

    private long Section(uint type, byte[] content, int link)
    {
        if (content.Length == 0)
        {
            return -1;
        }

        sections.Add((type, file.Count, content.Length, link));
        file.AddRange(content);
        return sections[^1].Offset;
    }

    private long WriteSectionHeaders()
    {
        var at = file.Count;
        file.AddRange(Bytes(writer =>
        {
            foreach (var (type, offset, size, link) in sections)
            {
                writer.Write(0);
                writer.Write(type);
                writer.Write(0L);
                writer.Write(0L);
                writer.Write(offset);
                writer.Write(size);
                writer.Write(link);
                writer.Write(0);
                writer.Write(8L);
                writer.Write(0L);
            }
        }));
        return at;
    }

    private void WriteHeader(long sectionHeadersAt)
    {
        var header = Bytes(writer =>
        {
            writer.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            writer.Write((ushort)3);
            writer.Write(Machine);
            writer.Write(1);
            writer.Write(0L);
            writer.Write(64L);
            writer.Write(sectionHeadersAt);
            writer.Write(0);
            writer.Write((ushort)64);
            writer.Write((ushort)56);
            writer.Write((ushort)1);
            writer.Write((ushort)64);
            writer.Write((ushort)sections.Count);
            writer.Write((ushort)0);

            // One loadable segment over the whole file.
            writer.Write(1);
            writer.Write(4);
            writer.Write(0L);
            writer.Write(0L);
            writer.Write(0L);
            writer.Write((long)file.Count);
            writer.Write((long)file.Count);
            writer.Write(0x1000L);
        });
        for (var i = 0; i < header.Length; i++)
        {
            file[i] = header[i];
        }
    }
}
