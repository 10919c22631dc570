namespace Telecom.FunctionalTests;

/// <summary>Files that are mapped into this process; Linux only.</summary>
internal static class MappedFiles
{
    /// <returns>Distinct paths of files whose names begin so.</returns>
    public static IReadOnlyList<string> Named(string prefix) =>
    [
        .. File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : string.Empty)
            .Where(path => Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal))
            .Distinct(),
    ];
}
