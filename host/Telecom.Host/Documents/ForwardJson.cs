using System.Text.Json.Serialization;

namespace Telecom.Host.Documents;

/// <summary>JSON metadata of <c>models forward</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ForwardRequestDocument))]
[JsonSerializable(typeof(ForwardDocument))]
internal sealed partial class ForwardJson : JsonSerializerContext;
