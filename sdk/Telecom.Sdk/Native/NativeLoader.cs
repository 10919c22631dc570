using System.Runtime.InteropServices;
using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Native;

/// <summary>One attempt to load libtorch and the shim; what it found out is in <see cref="Report"/> even when it fails.</summary>
internal sealed class NativeLoader(NativeRuntimeOptions options)
{
    /// <summary>What is known so far.</summary>
    public NativeRuntimeReport Report { get; private set; } = new() { Status = NativeRuntimeStatus.NotLoaded, Summary = "libtorch is not loaded." };

    /// <summary>Checks every file, then loads libtorch and after it the shim.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NativeLibrary"/>, one line that names file and cause.</exception>
    public void Load()
    {
        try
        {
            LoadFrom(FindLibTorch());
        }
        catch (Exception exception) when (exception is TelecomException or IOException or UnauthorizedAccessException)
        {
            var failure = exception as TelecomException ?? Failure($"Could not load libtorch: {exception.Message}", exception);
            Report = Report with { Status = NativeRuntimeStatus.Failed, Summary = failure.Message };
            throw failure;
        }
    }

    private static TelecomException Failure(string message, Exception? cause = null) => new(ErrorCode.NativeLibrary, message, cause);

    private static IntPtr Open(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            // The runtime explains at length; the linker's own words are its last line.
            var cause = exception.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)[^1];
            throw Failure($"Could not load {path}: {cause}", exception);
        }
    }

    private static T Inspect<T>(string path, Func<ElfImage, T> look)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return look(new ElfImage(stream));
        }
        catch (BadImageFormatException exception)
        {
            throw Failure($"Could not load {path}: the file {exception.Message}. Restore or install it again.", exception);
        }
    }

    private static void CheckArchitecture(string path, ElfImage image)
    {
        ushort? expected = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 62,
            Architecture.Arm64 => 183,
            _ => null,
        };
        if (expected is not null && image.Machine != expected)
        {
            throw Failure(
                $"Could not load {path}: it is made for another processor (ELF machine {image.Machine}, this process needs {expected}). " +
                "Use the libtorch of this machine's architecture.");
        }
    }

    private void LoadFrom(LibTorchFolder folder)
    {
        var shim = LibTorchFolder.FindShim(options);
        Report = Report with { ShimPath = shim };
        var patched = OperatingSystem.IsLinux() ? Prepare(folder, shim) : null;
        IntPtr[] libraries = [.. folder.Libraries().Select(Open)];
        CheckSymbols(folder, shim, libraries);
        Open(patched ?? shim);
        Complete(folder, patched);
    }

    private LibTorchFolder FindLibTorch()
    {
        var folder = LibTorchFolder.Find(options);
        Report = Report with { LibTorchPath = folder.Location };
        if (!folder.IsExternal)
        {
            return folder;
        }

        var version = folder.Version();
        Report = Report with { LibTorchVersion = version };
        var isOther = version is not null && !$"{version}.".StartsWith($"{NativeRuntime.LibTorchVersion}.", StringComparison.Ordinal);
        if (isOther && !options.AllowOtherVersion)
        {
            throw Failure(
                $"Native:LibTorchPath '{folder.Location}' is libtorch {version}, but the shim is made for {NativeRuntime.LibTorchVersion}: " +
                $"install that version, or set Native:AllowOtherVersion ({NativeRuntimeOptions.AllowOtherVersionVariable}=1) to try this one.");
        }

        return folder.Conflict(ProbedFolders()) is { } second
            ? throw Failure(
                $"Native:LibTorchPath '{folder.Location}' is set, but {second} would be loaded as a second libtorch: " +
                "remove that file or the setting.")
            : folder;
    }

    private IEnumerable<string> ProbedFolders() =>
        (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Prepend(options.BaseFolder);

    // Returns the patched copy when the plain shim would be refused for the age of the system's C++ library, otherwise null.
    private string? Prepare(LibTorchFolder folder, string shim)
    {
        foreach (var library in folder.Libraries().Append(shim))
        {
            Inspect(library, image =>
            {
                CheckArchitecture(library, image);
                return true;
            });
        }

        if (!NativeLibrary.TryLoad(ShimPatch.StandardLibrary, out _)
            || LoadedLibraries.Named(ShimPatch.StandardLibrary) is not [var standardLibrary, ..])
        {
            return null;
        }

        var missing = Inspect(shim, image => Inspect(standardLibrary, standard => ShimPatch.MissingVersions(image, standard)));
        Report = Report with { StandardLibraryPath = standardLibrary, MissingVersions = missing };
        try
        {
            return missing switch
            {
                [] => null,
                [var version] => StorePatched(shim, Inspect(shim, image => ShimPatch.Locate(image, version))),
                _ => throw new NotSupportedException($"needs {string.Join(", ", missing)}"),
            };
        }
        catch (NotSupportedException exception)
        {
            throw Failure(
                $"Could not load {shim}: it {exception.Message}, which {standardLibrary} lacks. Install libstdc++ of GCC 13.2 or later.",
                exception);
        }
    }

    private string StorePatched(string shim, ShimPatch patch)
    {
        try
        {
            var original = File.ReadAllBytes(shim);
            return ShimCache.Store(options.CacheFolder, Path.GetFileName(shim), original, patch.Apply(original));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(
                $"Could not write the patched shim into {options.CacheFolder}: {exception.Message} Make the folder writable, " +
                $"or name another by Native:CacheFolder ({NativeRuntimeOptions.CacheFolderVariable}).",
                exception);
        }
    }

    // The linker binds functions at their first call and ends the process when one is absent, so an unknown libtorch is asked for all of them first.
    private static void CheckSymbols(LibTorchFolder folder, string shim, IntPtr[] libraries)
    {
        if (!folder.IsExternal || !OperatingSystem.IsLinux())
        {
            return;
        }

        string[] absent =
        [
            .. Inspect(shim, image => image.UndefinedSymbols())
                .Where(symbol => symbol is { IsWeak: false, IsUnversioned: true })
                .Select(symbol => symbol.Name)
                .Where(name => !libraries.Any(library => NativeLibrary.TryGetExport(library, name, out _))),
        ];
        if (absent.Length > 0)
        {
            throw Failure(
                $"The libtorch in {folder.Location} lacks {absent.Length} symbols that the shim needs, the first is {absent[0]}: " +
                $"use libtorch {NativeRuntime.LibTorchVersion}.");
        }
    }

    private void Complete(LibTorchFolder folder, string? patched)
    {
        var origin = folder.IsExternal ? $"External libtorch {Report.LibTorchVersion ?? "of unknown version"}" : "Packaged libtorch";
        Report = Report with
        {
            Status = folder.IsExternal ? NativeRuntimeStatus.External : patched is null ? NativeRuntimeStatus.Plain : NativeRuntimeStatus.Patched,
            ShimPath = patched ?? Report.ShimPath,
            Summary = patched is null
                ? $"{origin} loaded from {folder.Location} with the packaged shim."
                : $"{origin} loaded from {folder.Location}; {Report.StandardLibraryPath} lacks {Report.MissingVersions[0]}, so a copy of the shim " +
                  $"that does without it was loaded from {patched}.",
        };
    }
}
