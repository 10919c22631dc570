using System.Text.Json.Serialization;

namespace Telecom.Plugins.Abr.Contracts;

/// <summary>Source-generated JSON of the wire documents.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AbrRequestDocument))]
[JsonSerializable(typeof(AbrDecisionDocument))]
internal sealed partial class AbrJson : JsonSerializerContext;
