namespace Telecom.Runtime.Plugins;

/// <summary>One file of a plugin folder.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">Path below the folder, with <c>/</c>.</param>
internal sealed record PluginFile(string Path, string Name);
