using System.Buffers.Binary;

namespace Telecom.Sdk.Native;

/// <summary>
/// Two changes that let TorchSharp's shim load beside a libstdc++ older than GCC 13.2: the version need GLIBCXX_3.4.32 becomes weak, and so does the
/// one symbol bound to it. That symbol only makes programs initialise the standard streams, which older libraries do on their own.
/// </summary>
internal sealed class ShimPatch
{
    /// <summary>The library whose age the patch makes up for.</summary>
    public const string StandardLibrary = "libstdc++.so.6";

    // std::ios_base_library_init(): referred to by the linker's version check and by no code.
    private const string StreamInitialiser = "_ZSt21ios_base_library_initv";

    private readonly ElfVersionNeed need;
    private readonly ElfSymbol symbol;

    private ShimPatch(ElfVersionNeed need, ElfSymbol symbol)
    {
        this.need = need;
        this.symbol = symbol;
    }

    /// <returns>What <paramref name="shim"/> insists on and <paramref name="standardLibrary"/> lacks; empty when a plain load works.</returns>
    /// <exception cref="BadImageFormatException">A file is damaged.</exception>
    public static IReadOnlyList<string> MissingVersions(ElfImage shim, ElfImage standardLibrary)
    {
        var offered = standardLibrary.VersionDefinitions();
        return
        [
            .. shim.VersionNeeds()
                .Where(need => need.Library == StandardLibrary && !need.IsWeak && !offered.Contains(need.Version))
                .Select(need => need.Version),
        ];
    }

    /// <summary>Finds both places by parsing; a shim that uses the version for anything else is refused.</summary>
    /// <exception cref="BadImageFormatException">The file is damaged or has no such version need.</exception>
    /// <exception cref="NotSupportedException">The file really uses what the version stands for.</exception>
    public static ShimPatch Locate(ElfImage shim, string version)
    {
        if (shim.VersionNeeds().Where(entry => entry.Library == StandardLibrary && entry.Version == version).ToArray() is not [var need, ..])
        {
            throw new BadImageFormatException($"has no need for {version} of {StandardLibrary}");
        }

        ElfSymbol[] bound = [.. shim.UndefinedSymbols().Where(symbol => symbol.Version == need.Index)];
        if (bound is not [{ Name: StreamInitialiser } symbol])
        {
            var names = bound.Length == 0 ? "no symbol" : string.Join(", ", bound.Take(3).Select(symbol => symbol.Name));
            throw new NotSupportedException($"binds {names} to {version}, where only {StreamInitialiser} can be spared");
        }

        return shim.IsRelocated(symbol.Index)
            ? throw new NotSupportedException($"calls {StreamInitialiser}, so it cannot do without {version}")
            : new ShimPatch(need, symbol);
    }

    /// <returns>A changed copy of the file that <see cref="Locate"/> parsed.</returns>
    public byte[] Apply(ReadOnlySpan<byte> original)
    {
        var patched = original.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(patched.AsSpan((int)need.FlagsOffset), (ushort)(need.Flags | ElfVersionNeed.WeakFlag));
        patched[symbol.InfoOffset] = (byte)((ElfSymbol.WeakBinding << 4) | (symbol.Info & 0xf));
        return patched;
    }
}
