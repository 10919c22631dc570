using System.Runtime.CompilerServices;
using Telecom.Sdk.Native;

namespace Telecom.Testing;

/// <summary>Makes libtorch loadable before the first test of any test assembly, as every process that uses tensors does.</summary>
internal static class NativeRuntimeInitializer
{
    [ModuleInitializer]
    internal static void Initialize() => NativeRuntime.EnsureLoaded();
}
