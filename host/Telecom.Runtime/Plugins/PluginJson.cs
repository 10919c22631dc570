using System.Text.Json.Serialization;

namespace Telecom.Runtime.Plugins;

/// <summary>JSON metadata of the manifest and of the files that decide about plugins.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PluginManifestDocument))]
[JsonSerializable(typeof(PluginSwitchesDocument))]
[JsonSerializable(typeof(PluginTrustDocument))]
internal sealed partial class PluginJson : JsonSerializerContext;
