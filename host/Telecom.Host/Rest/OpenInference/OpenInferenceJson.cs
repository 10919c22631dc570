using System.Text.Json.Serialization;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>JSON metadata of the documents of the protocol.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerDocument))]
[JsonSerializable(typeof(ModelDocument))]
[JsonSerializable(typeof(ModelReadyDocument))]
[JsonSerializable(typeof(RepositoryEntry[]))]
[JsonSerializable(typeof(StatisticsDocument))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class OpenInferenceJson : JsonSerializerContext;
