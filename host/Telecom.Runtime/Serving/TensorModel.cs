using System.Globalization;
using Telecom.Sdk.Tensors;

namespace Telecom.Runtime.Serving;

/// <summary>A task as a model of the Open Inference Protocol.</summary>
/// <param name="Name">Task id.</param>
/// <param name="PluginVersion">Semantic version of its plugin.</param>
/// <param name="MaxRows">Rows that one request may have.</param>
/// <param name="Signature">Its tensors.</param>
public sealed record TensorModel(string Name, string PluginVersion, int MaxRows, TensorSignature Signature)
{
    /// <summary>
    /// Version of the model: the major version of its plugin, since tensors change with nothing less. Clients expect a number that stays when the
    /// plugin is updated.
    /// </summary>
    public string Version { get; } = VersionOf(PluginVersion);

    /// <returns>The version of the models of a plugin.</returns>
    public static string VersionOf(string pluginVersion) => pluginVersion.Split('.', 2)[0];

    /// <summary>Whether <paramref name="version"/> names this model: its number, or the whole version of the plugin.</summary>
    public bool IsVersion(string version) => version == Version || version == PluginVersion;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}/{Version}");
}
