using System.Text.Json.Serialization;

namespace Telecom.Sdk.Bundles;

/// <summary>JSON metadata of the bundle documents.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BundleCard))]
public sealed partial class BundleJson : JsonSerializerContext;
