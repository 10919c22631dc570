using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Native;

/// <summary>
/// Brings libtorch and TorchSharp's shim into the process, exactly once and before the first tensor. TorchSharp searches for both by name and then
/// finds them already there; its own search would fail on systems with a C++ library older than GCC 13.2 and copy all of libtorch meanwhile.
/// </summary>
public static class NativeRuntime
{
    /// <summary>The libtorch release that the referenced TorchSharp is made for.</summary>
    public const string LibTorchVersion = "2.10";

    private static readonly Lock Gate = new();
    private static volatile bool isLoaded;
    private static NativeRuntimeReport report = new NativeLoader(new()).Report;

    /// <summary>How loading went and what is mapped now. Never loads anything and never throws.</summary>
    public static NativeRuntimeReport Report
    {
        get
        {
            lock (Gate)
            {
                return report with
                {
                    MappedLibTorch = LoadedLibraries.Named(LibTorchFolder.FileName(LibTorchFolder.Core)),
                    MappedShims = LoadedLibraries.Named(LibTorchFolder.FileName(LibTorchFolder.Shim)),
                };
            }
        }
    }

    /// <summary>Loads the native libraries. Later calls do nothing; after a failure the next call tries again.</summary>
    /// <param name="options">Where to look; null for the environment's choice.</param>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.NativeLibrary"/>, one line that names file, cause and remedy; also when another libtorch than the named one is loaded.
    /// </exception>
    public static void EnsureLoaded(NativeRuntimeOptions? options = null)
    {
        if (isLoaded && options?.LibTorchPath is null)
        {
            return;
        }

        lock (Gate)
        {
            if (isLoaded)
            {
                RequireLoadedFrom(options?.LibTorchPath);
                return;
            }

            var loader = new NativeLoader(options ?? new());
            try
            {
                loader.Load();
                isLoaded = true;
            }
            finally
            {
                report = loader.Report;
            }
        }
    }

    private static void RequireLoadedFrom(string? named)
    {
        if (named is not null && Path.TrimEndingDirectorySeparator(Path.GetFullPath(named)) != report.LibTorchPath)
        {
            throw new TelecomException(
                ErrorCode.NativeLibrary,
                $"Native:LibTorchPath '{named}' comes too late: libtorch is loaded from {report.LibTorchPath} already. " +
                "Name the folder before the first tensor.");
        }
    }
}
