namespace Telecom.Sdk.Native;

/// <summary>One undefined entry of <c>.dynsym</c>.</summary>
/// <param name="Name">Name as the linker sees it.</param>
/// <param name="Index">Place in the table.</param>
/// <param name="Info">Binding in the upper four bits, type in the lower.</param>
/// <param name="Version">Index of the version it is bound to; 0 and 1 mean none.</param>
/// <param name="InfoOffset">Where the byte of <paramref name="Info"/> lies in the file.</param>
internal readonly record struct ElfSymbol(string Name, int Index, byte Info, ushort Version, long InfoOffset)
{
    /// <summary><c>STB_WEAK</c>: an absent symbol reads as address zero instead of failing.</summary>
    public const int WeakBinding = 2;

    /// <summary>Whether any version of the symbol will do: the linkers write 0 or 1.</summary>
    public bool IsUnversioned => Version <= 1;

    /// <summary>Whether the symbol may be absent.</summary>
    public bool IsWeak => Info >> 4 == WeakBinding;
}
