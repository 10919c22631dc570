using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telecom.Runtime.Plugins;

/// <summary><c>plugin.json</c> before validation: every member may be anything, so that one refusal can name all that is wrong.</summary>
internal sealed class PluginManifestDocument
{
    public JsonElement Id { get; set; }

    public JsonElement Version { get; set; }

    public JsonElement Main { get; set; }

    public JsonElement Contract { get; set; }

    public JsonElement TargetFramework { get; set; }

    public JsonElement Tasks { get; set; }

    public JsonElement Requires { get; set; }

    public JsonElement Capabilities { get; set; }

    public JsonElement Limits { get; set; }

    public JsonElement SharedAssemblies { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
