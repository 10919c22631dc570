using System.Text.Json.Serialization;

namespace Telecom.Host.Rest;

/// <summary>JSON metadata of documents that only REST has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(ProblemKind))]
[JsonSerializable(typeof(LiveDocument))]
[JsonSerializable(typeof(ReadyDocument))]
[JsonSerializable(typeof(SchemaDocument))]
internal sealed partial class RestJson : JsonSerializerContext;
