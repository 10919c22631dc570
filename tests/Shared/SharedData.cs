namespace Telecom.Testing;

/// <summary>Finds the measured data that stay outside the repository.</summary>
internal static class SharedData
{
    private const string Variable = "TELECOM_SHARED_DATA";

    /// <summary>Folder of one task's data; skips the running test with the reason when it is absent.</summary>
    public static string Folder(string task)
    {
        var path = Find(task);
        Assert.SkipWhen(path is null, $"Measured data '{task}' are not on this machine: set {Variable} to the data folder.");
        return path!;
    }

    private static string? Find(string task)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root)
        {
            return Existing(Path.Combine(root, task));
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Existing(Path.Combine(folder.FullName, "..", "shared", "data", task)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? Existing(string path) => Directory.Exists(path) ? Path.GetFullPath(path) : null;
}
