using System.Text.Json.Serialization;

namespace Telecom.Client.Tests.Support;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HeadRequest))]
[JsonSerializable(typeof(HeadForecast))]
internal sealed partial class HeadJson : JsonSerializerContext;
