using System.Text.Json.Serialization;

namespace Telecom.Plugins.Abr.Scenarios;

/// <summary>JSON metadata of scenario files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScenarioDocument))]
internal sealed partial class ScenarioJson : JsonSerializerContext;
