namespace Telecom.Sdk.Native;

/// <summary>One entry of <c>.gnu.version_r</c>: a version that a symbol of this file is bound to.</summary>
/// <param name="Library">File name of the library that must offer it, e.g. <c>libstdc++.so.6</c>.</param>
/// <param name="Version">Version name, e.g. <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">Number by which <c>.gnu.version</c> refers to it.</param>
/// <param name="Flags">Flags; see <see cref="WeakFlag"/>.</param>
/// <param name="FlagsOffset">Where the two bytes of the flags lie in the file.</param>
internal readonly record struct ElfVersionNeed(string Library, string Version, ushort Index, ushort Flags, long FlagsOffset)
{
    /// <summary><c>VER_FLG_WEAK</c>: the linker goes on when the version is absent.</summary>
    public const ushort WeakFlag = 2;

    /// <summary>Whether the file loads without this version.</summary>
    public bool IsWeak => (Flags & WeakFlag) != 0;
}
