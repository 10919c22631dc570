using System.Text.Json.Serialization;

namespace Telecom.Modeling.Bundles;

[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PeftConfiguration))]
[JsonSerializable(typeof(string))]
internal sealed partial class PeftJson : JsonSerializerContext;
