using System.Text.Json;
using System.Text.Json.Serialization;
using Telecom.Client.Documents;
using Telecom.Client.Predictions;

namespace Telecom.Client;

/// <summary>JSON metadata of the native API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page<TaskInfo>))]
[JsonSerializable(typeof(TaskSchema))]
[JsonSerializable(typeof(Page<DatasetInfo>))]
[JsonSerializable(typeof(Page<ModelInfo>))]
[JsonSerializable(typeof(Page<AdapterInfo>))]
[JsonSerializable(typeof(PluginInfo))]
[JsonSerializable(typeof(Page<PluginInfo>))]
[JsonSerializable(typeof(Page<PluginEvent>))]
[JsonSerializable(typeof(Prediction<JsonElement>))]
[JsonSerializable(typeof(List<Prediction<JsonElement>>))]
[JsonSerializable(typeof(Page<StoredPrediction>))]
[JsonSerializable(typeof(OperationInfo))]
[JsonSerializable(typeof(Page<OperationInfo>))]
[JsonSerializable(typeof(NewEvaluation))]
[JsonSerializable(typeof(KeyInfo))]
[JsonSerializable(typeof(Page<KeyInfo>))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(QuotaInfo))]
[JsonSerializable(typeof(Page<AuditInfo>))]
[JsonSerializable(typeof(LiveReport))]
[JsonSerializable(typeof(ReadyReport))]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ClientJson : JsonSerializerContext;
