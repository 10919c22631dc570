using System.Text.Json.Serialization;

namespace Telecom.Runtime.Plugins;

/// <summary>JSON metadata of the manifest.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PluginManifestDocument))]
internal sealed partial class PluginJson : JsonSerializerContext;
