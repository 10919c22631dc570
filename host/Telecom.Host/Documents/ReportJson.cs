using System.Text.Json.Serialization;

namespace Telecom.Host.Documents;

/// <summary>JSON metadata of reports, where an absent figure is an absent member.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvaluationDocument))]
internal sealed partial class ReportJson : JsonSerializerContext;
