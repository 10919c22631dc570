using Telecom.Sdk.Tasks;

namespace Telecom.Runtime.Plugins;

/// <summary>A task and the plugin it comes from.</summary>
/// <param name="Definition">The task.</param>
/// <param name="PluginId">Id of the plugin.</param>
/// <param name="PluginVersion">Semantic version of the plugin.</param>
/// <param name="Folder">The plugin's folder as it was loaded; shipped bundles lie in <c>model/&lt;method&gt;/</c> below it.</param>
/// <param name="MaxBatchRows">Rows of one request that the plugin asks for at most; null where it leaves that to the host.</param>
public sealed record LoadedTask(TaskDefinition Definition, string PluginId, string PluginVersion, string Folder, int? MaxBatchRows = null);
