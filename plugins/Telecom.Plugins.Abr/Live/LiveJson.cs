using System.Text.Json.Serialization;

namespace Telecom.Plugins.Abr.Live;

/// <summary>JSON metadata of live sessions.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveState))]
internal sealed partial class LiveJson : JsonSerializerContext;
