using System.Globalization;
using Telecom.Modeling.Bundles;

namespace Telecom.Runtime.Models;

/// <summary>Finds the bundles of a method: trained ones in the state folder, shipped ones in the plugin folder.</summary>
/// <remarks>
/// State folder: <c>bundles/&lt;task&gt;/&lt;method&gt;/&lt;version&gt;/</c>, the highest version serves. Plugin folder:
/// <c>model/&lt;method&gt;/</c> is version 0; <c>model/&lt;method&gt;.&lt;name&gt;/</c> holds the same method trained on another base, for ablation
/// rows.
/// </remarks>
internal sealed class BundleCatalog(string stateDirectory)
{
    /// <summary>The bundle that serves, with its version; null when the method is untrained.</summary>
    public (string Folder, string Version)? Current(string task, string pluginFolder, string method)
    {
        var newest = Versions(task, method).DefaultIfEmpty(0).Max();
        if (newest > 0)
        {
            var version = newest.ToString(CultureInfo.InvariantCulture);
            return (Path.Combine(MethodFolder(task, method), version), version);
        }

        var shipped = Path.Combine(pluginFolder, "model", method);
        return Bundle.Exists(shipped) ? (shipped, "0") : null;
    }

    /// <summary>Folder that the next trained version goes to.</summary>
    public string Next(string task, string method) =>
        Path.Combine(MethodFolder(task, method), (Versions(task, method).DefaultIfEmpty(0).Max() + 1).ToString(CultureInfo.InvariantCulture));

    /// <summary>Shipped bundles of a method on other bases, in name order.</summary>
    public static IEnumerable<string> Ablations(string pluginFolder, string method)
    {
        var folder = Path.Combine(pluginFolder, "model");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder)
                .Where(path => Path.GetFileName(path).StartsWith(method + ".", StringComparison.Ordinal) && Bundle.Exists(path))
                .Order(StringComparer.Ordinal)
            : [];
    }

    private string MethodFolder(string task, string method) => Path.Combine(stateDirectory, "bundles", task, method);

    private IEnumerable<int> Versions(string task, string method)
    {
        var folder = MethodFolder(task, method);
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Where(Bundle.Exists).Select(Version) : [];
    }

    // 0 for a folder that is no version; "007" is none either, since nobody would find it again.
    private static int Version(string path)
    {
        var name = Path.GetFileName(path);
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version.ToString(CultureInfo.InvariantCulture) == name
            ? version
            : 0;
    }
}
