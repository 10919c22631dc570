using System.Runtime.InteropServices;

namespace Telecom.Modeling.Execution;

/// <summary>The C library's heap, where libtorch keeps CPU tensors.</summary>
/// <remarks>
/// glibc keeps what tensors of many sizes leave between live blocks: 60 to 90 MiB after some thousand predictions, and how much of it depends on
/// the order of arrivals, so that the memory of a process would seem to wander. Other C libraries give pages back by themselves; nothing happens
/// there.
/// </remarks>
internal static partial class NativeHeap
{
    // Of malloc.h. Both have the values that glibc itself moves to once a tensor of 32 MiB was freed: large blocks are not mapped anew each time.
    private const int TrimThresholdOption = -1;
    private const int MapThresholdOption = -3;
    private const int MapThreshold = 32 << 20;
    private const int TrimThreshold = 64 << 20;

    private const int SmallTrimThreshold = 128 << 10;
    private const int BlockThatTrims = 256 << 10;

    private static readonly bool IsGlibc =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out _);

    /// <summary>Gives freed pages back to the system, of the calling thread's arena all of them; takes some milliseconds.</summary>
    public static unsafe void Trim()
    {
        if (!IsGlibc)
        {
            return;
        }

        // malloc_trim leaves the upper end of every arena but the main one; that goes when a block of more than 64 KiB is freed above a low threshold.
        _ = MallOption(MapThresholdOption, MapThreshold);
        _ = MallOption(TrimThresholdOption, SmallTrimThreshold);
        NativeMemory.Free(NativeMemory.Alloc(BlockThatTrims));
        _ = MallOption(TrimThresholdOption, TrimThreshold);
        _ = MallocTrim(0);
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nuint bytesToKeep);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallOption(int option, int value);
}
