using System.Diagnostics;

namespace Telecom.Sdk.Native;

/// <summary>What the operating system says is mapped into this process.</summary>
internal static class LoadedLibraries
{
    private const string Maps = "/proc/self/maps";

    /// <returns>Distinct paths of mapped files whose name starts with <paramref name="namePrefix"/>.</returns>
    public static IReadOnlyList<string> Named(string namePrefix) =>
    [
        .. Paths()
            .Where(path => Path.GetFileName(path).StartsWith(namePrefix, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Paths()
    {
        if (!OperatingSystem.IsLinux())
        {
            using var process = Process.GetCurrentProcess();
            return [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName)];
        }

        // The path is the last column and the only one that can hold a slash.
        return File.ReadLines(Maps).Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : string.Empty);
    }
}
