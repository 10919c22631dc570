using System.Runtime.InteropServices;
using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Native;

/// <summary>A folder with libtorch's shared libraries.</summary>
/// <param name="Location">The folder.</param>
/// <param name="IsExternal">Whether the operator named it.</param>
internal sealed record LibTorchFolder(string Location, bool IsExternal)
{
    /// <summary>File name without decoration of the library that every process holds exactly once.</summary>
    public const string Core = "torch_cpu";

    /// <summary>File name without decoration of TorchSharp's native half.</summary>
    public const string Shim = "LibTorchSharp";

    // Dependencies first: PyTorch's CUDA libraries find their own neighbours only when they are opened by their real path.
    private static readonly string[] LoadOrder = ["c10", "c10_cuda", Core, "torch_cuda", "torch"];

    private static readonly string[] Required = ["torch", Core, "c10"];

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-")
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The folder to load from: the named one, else beside the executable, else its <c>runtimes/&lt;rid&gt;/native</c>.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NativeLibrary"/>: there is none.</exception>
    public static LibTorchFolder Find(NativeRuntimeOptions options)
    {
        if (options.LibTorchPath is { } named)
        {
            var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
            var problem = !Directory.Exists(folder) ? "is not a folder"
                : Missing(folder) is { } missing ? $"holds no {missing}"
                : null;
            return problem is null
                ? new(folder, IsExternal: true)
                : throw Failure($"Native:LibTorchPath '{named}' {problem}: name the 'lib' folder of a libtorch or PyTorch installation.");
        }

        var places = PackagedFolders(options);
        var found = places.FirstOrDefault(place => Missing(place) is null);
        return found is not null
            ? new(found, IsExternal: false)
            : throw Failure(
                $"No {FileName("torch")} in {string.Join(" or ", places)}: reference libtorch-cpu-{Platform} from the executable, " +
                $"or point Native:LibTorchPath ({NativeRuntimeOptions.LibTorchPathVariable}) at the 'lib' folder of an installed PyTorch.");
    }

    /// <summary>The packaged shim, which never comes with an external libtorch.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.NativeLibrary"/>: there is none.</exception>
    public static string FindShim(NativeRuntimeOptions options)
    {
        var places = PackagedFolders(options);
        var shim = places.Select(place => Path.Combine(place, FileName(Shim))).FirstOrDefault(File.Exists)
            ?? throw Failure($"No {FileName(Shim)} in {string.Join(" or ", places)}: build or publish the executable again with TorchSharp.");
        return RealPath(shim);
    }

    /// <summary>The libraries that exist here, real paths in load order.</summary>
    public IReadOnlyList<string> Libraries() =>
        [.. LoadOrder.Select(name => Path.Combine(Location, FileName(name))).Where(File.Exists).Select(RealPath)];

    /// <summary>
    /// TorchSharp itself opens <c>torch_cpu</c> from the folders the runtime probes; a file there that is not the one of this folder would be a
    /// second libtorch, which ends the process.
    /// </summary>
    /// <returns>The conflicting file; null when there is none.</returns>
    public string? Conflict(IEnumerable<string> probedFolders)
    {
        var own = RealPath(Path.Combine(Location, FileName(Core)));
        return probedFolders
            .Select(folder => Path.Combine(folder, FileName(Core)))
            .FirstOrDefault(file => File.Exists(file) && RealPath(file) != own);
    }

    /// <summary>Version that the files beside the folder state: <c>build-version</c> of libtorch, <c>version.py</c> of PyTorch.</summary>
    /// <returns>E.g. <c>2.10.0+cu128</c>; null when neither file is there.</returns>
    public string? Version()
    {
        var parent = Path.GetDirectoryName(RealFolder(Location)) ?? Location;
        var (libtorch, pytorch) = (Path.Combine(parent, "build-version"), Path.Combine(parent, "version.py"));
        if (File.Exists(libtorch))
        {
            return File.ReadLines(libtorch).FirstOrDefault()?.Trim();
        }

        var assignment = File.Exists(pytorch)
            ? File.ReadLines(pytorch).FirstOrDefault(line => line.StartsWith("__version__", StringComparison.Ordinal))
            : null;
        return assignment?.Split('\'', '"').ElementAtOrDefault(1);
    }

    /// <returns>The file name of a library on this operating system.</returns>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    private static string? Missing(string folder) => Required.Select(FileName).FirstOrDefault(file => !File.Exists(Path.Combine(folder, file)));

    private static string[] PackagedFolders(NativeRuntimeOptions options) =>
        [options.BaseFolder, Path.Combine(options.BaseFolder, "runtimes", Platform, "native")];

    private static string RealPath(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(file);

    private static string RealFolder(string folder) => Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;

    private static TelecomException Failure(string message) => new(ErrorCode.NativeLibrary, message);
}
