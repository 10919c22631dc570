using System.Text.Json.Serialization;

namespace Telecom.Client.OpenInference;

/// <summary>JSON metadata of the protocol's documents.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(List<RepositoryModel>))]
[JsonSerializable(typeof(RepositoryFilter))]
[JsonSerializable(typeof(StatisticsDocument))]
[JsonSerializable(typeof(RefusalDocument))]
internal sealed partial class OpenInferenceJson : JsonSerializerContext;
