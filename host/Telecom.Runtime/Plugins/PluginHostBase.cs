namespace Telecom.Runtime.Plugins;

/// <summary>The base transformer of a host, as manifests refer to it.</summary>
/// <param name="Family">Model family, e.g. <c>llama</c>.</param>
/// <param name="Hidden">Hidden size.</param>
/// <param name="Version">Version of the weights, <c>major.minor.patch</c>.</param>
public sealed record PluginHostBase(string Family, int Hidden, string Version);
