using System.Text.Json.Serialization;
using Telecom.Host.Documents;
using Telecom.Host.Rest.Operations;

namespace Telecom.Host.Rest;

/// <summary>JSON metadata of documents that only REST has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(ProblemKind))]
[JsonSerializable(typeof(LiveDocument))]
[JsonSerializable(typeof(ReadyDocument))]
[JsonSerializable(typeof(SchemaDocument))]
[JsonSerializable(typeof(OperationDocument))]
[JsonSerializable(typeof(PageDocument<OperationDocument>))]
[JsonSerializable(typeof(ProgressDocument))]
[JsonSerializable(typeof(NewEvaluationDocument))]
[JsonSerializable(typeof(LogDocument))]
internal sealed partial class RestJson : JsonSerializerContext;
