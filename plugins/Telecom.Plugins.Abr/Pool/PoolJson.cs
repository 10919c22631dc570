using System.Text.Json.Serialization;

namespace Telecom.Plugins.Abr.Pool;

/// <summary>JSON metadata of pool files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PoolHeader))]
internal sealed partial class PoolJson : JsonSerializerContext;
