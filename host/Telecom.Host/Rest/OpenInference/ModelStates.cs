using Telecom.Runtime;
using Telecom.Runtime.Plugins;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Models as the repository of the protocol shows them: those that serve, and those whose plugin is here but does not.</summary>
internal static class ModelStates
{
    private const string Ready = "READY";
    private const string Unavailable = "UNAVAILABLE";

    /// <returns>Every model, ordered by name.</returns>
    public static IEnumerable<RepositoryEntry> All(ITelecomRuntime runtime)
    {
        var serving = runtime.Tasks.Select(task => runtime.Tensors.Model(task.Id))
            .Select(model => new RepositoryEntry(model.Name, model.Version, Ready, string.Empty))
            .ToList();
        var names = serving.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var missing = runtime.Plugins
            .SelectMany(plugin => plugin.Tasks.Select(task => new RepositoryEntry(task, plugin.Version ?? string.Empty, Unavailable, Reason(plugin))))
            .Where(entry => !names.Contains(entry.Name));
        return serving.Concat(missing).OrderBy(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <returns>Why a model that a plugin offers is not served; null where it is served, or nobody offers it.</returns>
    public static string? WhyUnavailable(ITelecomRuntime runtime, string name) =>
        runtime.Tasks.Any(task => task.Id == name)
            ? null
            : runtime.Plugins.FirstOrDefault(plugin => plugin.Tasks.Contains(name)) is { } plugin ? Reason(plugin) : null;

    private static string Reason(PluginStatus plugin) =>
        $"Plugin '{plugin.Id}' is {plugin.State}{(plugin.Reason is { } reason ? $": {reason}" : ".")}";
}
