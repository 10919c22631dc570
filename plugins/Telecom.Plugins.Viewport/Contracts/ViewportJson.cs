using System.Text.Json.Serialization;

namespace Telecom.Plugins.Viewport.Contracts;

/// <summary>Source-generated JSON of the wire documents.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ViewportRequestDocument))]
[JsonSerializable(typeof(ViewportAnswerDocument))]
internal sealed partial class ViewportJson : JsonSerializerContext;
