using System.Reflection;

namespace Telecom.Runtime.Plugins;

/// <summary>A contract assembly that plugins share.</summary>
/// <param name="Name">Name and version.</param>
/// <param name="PluginId">The plugin that brought it.</param>
internal sealed record SharedContract(AssemblyName Name, string PluginId);
