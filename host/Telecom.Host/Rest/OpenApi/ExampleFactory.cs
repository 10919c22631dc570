using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Makes a document that fits a schema, the same one every time.</summary>
/// <param name="document">Has the components that schemas refer to.</param>
/// <param name="known">Examples of components that say more than their schema could.</param>
internal sealed class ExampleFactory(OpenApiDocument document, IReadOnlyDictionary<string, JsonNode> known)
{
    // Deeper nesting would be a schema that contains itself.
    private const int DeepestLevel = 12;

    public JsonNode? Of(IOpenApiSchema schema) => Of(schema, "text", 0);

    private JsonNode? Of(IOpenApiSchema? schema, string name, int level)
    {
        if (schema is OpenApiSchemaReference reference)
        {
            var id = reference.Reference.Id!;
            return known.TryGetValue(id, out var example) ? example.DeepClone() : Of(document.Components!.Schemas![id], name, level + 1);
        }

        if (schema is null || level > DeepestLevel)
        {
            return null;
        }

        if ((schema.Examples?.FirstOrDefault() ?? schema.Default ?? schema.Enum?.FirstOrDefault()) is { } given)
        {
            return given.DeepClone();
        }

        if (schema.Const is { } constant)
        {
            return JsonValue.Create(constant);
        }

        var choices = schema.OneOf is { Count: > 0 } ? schema.OneOf : schema.AnyOf;
        return choices is { Count: > 0 }
            ? Of(choices.FirstOrDefault(choice => choice is OpenApiSchemaReference || choice.Type != JsonSchemaType.Null), name, level + 1)
            : OfType(schema, name, level);
    }

    private JsonNode? OfType(IOpenApiSchema schema, string name, int level) => (schema.Type ?? JsonSchemaType.Object) switch
    {
        var type when type.HasFlag(JsonSchemaType.Object) => OfObject(schema, level),
        var type when type.HasFlag(JsonSchemaType.Array) => OfArray(schema, name, level),
        var type when type.HasFlag(JsonSchemaType.Integer) => JsonValue.Create((long)Number(schema)),
        var type when type.HasFlag(JsonSchemaType.Number) => JsonValue.Create(Number(schema)),
        var type when type.HasFlag(JsonSchemaType.Boolean) => JsonValue.Create(true),
        var type when type.HasFlag(JsonSchemaType.String) => JsonValue.Create(Text(schema, name)),
        _ => null,
    };

    private JsonObject OfObject(IOpenApiSchema schema, int level)
    {
        var example = new JsonObject();
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            example[name] = Of(member, name, level + 1);
        }

        if (schema.AdditionalProperties is { } values)
        {
            example["name"] = Of(values, "text", level + 1);
        }

        return example;
    }

    private JsonArray OfArray(IOpenApiSchema schema, string name, int level)
    {
        var items = Enumerable.Range(0, Math.Max(1, schema.MinItems ?? 1)).Select(_ => Of(schema.Items, name, level + 1));
        return [.. items];
    }

    // The nearest to 1 that is allowed.
    private static double Number(IOpenApiSchema schema) =>
        Math.Min(Math.Max(1, Bound(schema.Minimum ?? schema.ExclusiveMinimum, double.MinValue)), Bound(schema.Maximum, double.MaxValue));

    private static double Bound(string? text, double standard) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) ? bound : standard;

    private static string Text(IOpenApiSchema schema, string name) => schema.Format switch
    {
        "uuid" => "01959d8c-3c00-7000-8000-000000000001",
        "date-time" => "2026-03-01T12:00:00Z",
        "date" => "2026-03-01",
        "uri" => "https://example.com/",
        _ => name,
    };
}
