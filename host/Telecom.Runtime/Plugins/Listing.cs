namespace Telecom.Runtime.Plugins;

/// <summary>Words of the answers to a name that is not there.</summary>
internal static class Listing
{
    public static string Of(IEnumerable<string> names)
    {
        var list = string.Join(", ", names);
        return list.Length == 0 ? "none" : list;
    }

    /// <returns>A sentence that names the plugin which would offer <paramref name="name"/> but does not serve; empty when there is none.</returns>
    public static string WhyMissing(IEnumerable<PluginRecord> plugins, Func<PluginRecord, IEnumerable<string>> offered, string name)
    {
        var culprit = plugins.FirstOrDefault(plugin =>
            plugin.State is not PluginState.Active && offered(plugin).Contains(name, StringComparer.OrdinalIgnoreCase));
        return culprit is null ? string.Empty : $" Plugin '{culprit.Id}' would offer it but is {culprit.State}: {culprit.Reason}";
    }
}
