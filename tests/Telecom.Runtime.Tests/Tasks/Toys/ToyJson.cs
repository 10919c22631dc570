using System.Text.Json.Serialization;

namespace Telecom.Runtime.Tests.Tasks.Toys;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ToyRequest))]
[JsonSerializable(typeof(ToyAnswer))]
internal sealed partial class ToyJson : JsonSerializerContext;
