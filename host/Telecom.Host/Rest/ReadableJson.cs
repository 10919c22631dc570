using System.Text.Encodings.Web;
using System.Text.Json;
using Telecom.Host.Access;
using Telecom.Host.Documents;
using Telecom.Host.Rest.OpenInference;

namespace Telecom.Host.Rest;

/// <summary>JSON metadata that escapes only what JSON itself requires: messages quote names, and people read them.</summary>
internal static class ReadableJson
{
    public static HostJson Host { get; } = new(Options(HostJson.Default.Options));

    public static RestJson Rest { get; } = new(Options(RestJson.Default.Options));

    public static AccessJson Access { get; } = new(Options(AccessJson.Default.Options));

    public static OpenInferenceJson OpenInference { get; } = new(Options(OpenInferenceJson.Default.Options));

    private static JsonSerializerOptions Options(JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
