using System.Runtime.InteropServices;
using System.Text;

namespace Telecom.GpuCheck;

/// <summary>Name and memory of a CUDA device from the driver itself, which TorchSharp does not tell.</summary>
internal static unsafe class CudaDriver
{
    private const int NameLength = 256;

    /// <returns>Name and bytes of a device; null where there is no driver.</returns>
    public static (string Name, long Bytes)? Describe(int index)
    {
        if (!TryLoad(out var driver)
            || ((delegate* unmanaged<uint, int>)NativeLibrary.GetExport(driver, "cuInit"))(0) != 0)
        {
            return null;
        }

        int device;
        nuint bytes = 0;
        var name = stackalloc byte[NameLength];
        var failed = ((delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(driver, "cuDeviceGet"))(&device, index) != 0
            || ((delegate* unmanaged<byte*, int, int, int>)NativeLibrary.GetExport(driver, "cuDeviceGetName"))(name, NameLength, device) != 0
            || ((delegate* unmanaged<nuint*, int, int>)NativeLibrary.GetExport(driver, "cuDeviceTotalMem_v2"))(&bytes, device) != 0;
        return failed ? null : (Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)), (long)bytes);
    }

    /// <summary>Bytes in use on the device of the calling thread; null where that cannot be told.</summary>
    public static long? UsedBytes()
    {
        nuint free;
        nuint total;
        return TryLoad(out var driver)
            && ((delegate* unmanaged<nuint*, nuint*, int>)NativeLibrary.GetExport(driver, "cuMemGetInfo_v2"))(&free, &total) == 0
                ? (long)(total - free)
                : null;
    }

    private static bool TryLoad(out IntPtr driver) => NativeLibrary.TryLoad("libcuda.so.1", out driver);
}
