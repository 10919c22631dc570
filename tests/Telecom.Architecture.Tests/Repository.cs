namespace Telecom.Architecture.Tests;

/// <summary>The sources these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <returns>C# files below the named folders, without build output, as (path below the root, lines).</returns>
    public static IEnumerable<(string Path, string[] Lines)> Sources(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file).Replace(Path.DirectorySeparatorChar, '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        orderby path
        select (path, File.ReadAllLines(file));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Telecom.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"Telecom.sln is in none of the folders above {AppContext.BaseDirectory}.");
    }
}
