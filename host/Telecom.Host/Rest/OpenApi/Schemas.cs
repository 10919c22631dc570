using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Telecom.Host.Rest.OpenApi;

/// <summary>Schemas and responses that operations are built from.</summary>
internal static class Schemas
{
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    /// <summary>Adds a JSON Schema document as a component.</summary>
    /// <returns>A reference to it.</returns>
    public static OpenApiSchemaReference Component(OpenApiDocument document, string name, JsonObject schema)
    {
        var copy = schema.DeepClone().AsObject();
        copy.Remove("$schema");
        NameUnitsAsExtension(copy);
        var component = OpenApiModelFactory.Parse<OpenApiSchema>(copy.ToJsonString(), OpenApiSpecVersion.OpenApi3_1, document, out _, "json")
            ?? throw new InvalidOperationException($"The schema '{name}' is not valid in OpenAPI.");
        return Component(document, name, component);
    }

    /// <summary>Adds a schema as a component.</summary>
    /// <returns>A reference to it.</returns>
    public static OpenApiSchemaReference Component(OpenApiDocument document, string name, OpenApiSchema schema)
    {
        document.AddComponent<IOpenApiSchema>(name, schema);
        return new(name, document);
    }

    /// <summary>The envelope of a prediction around the answer of a task.</summary>
    public static OpenApiSchema Envelope(IOpenApiSchema output) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "id", "task", "method", "bundle", "base", "adapter", "createdAt", "elapsedMs", "output", "fallback" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["id"] = Text(format: "uuid"),
            ["task"] = Text("Task id."),
            ["method"] = Text("Method that was asked for, or the default."),
            ["bundle"] = Text("Version of the weights that answered; null for analytic methods.", isNullable: true),
            ["base"] = Text("Name of the base that answered; null unless an adapted method did.", isNullable: true),
            ["adapter"] = Text("Adapter that answered, NAME@VERSION; null where none was part of the answer.", isNullable: true),
            ["createdAt"] = Text("When the request arrived.", format: "date-time"),
            ["elapsedMs"] = new OpenApiSchema { Type = JsonSchemaType.Number, Description = "Milliseconds from arrival to answer." },
            ["output"] = output,
            ["fallback"] = Text("Method that answered instead; null when none did.", isNullable: true),
            ["session"] = Text("Session of the request, to be named by the next one; absent from requests of their own."),
        },
    };

    public static OpenApiSchema Text(string? description = null, bool isNullable = false, string? format = null) => new()
    {
        Type = isNullable ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String,
        Description = description,
        Format = format,
    };

    public static OpenApiSchema OneOrMany(IOpenApiSchema schema) => new()
    {
        OneOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema }],
    };

    public static Dictionary<string, OpenApiMediaType> Content(IOpenApiSchema schema, JsonNode? example = null) =>
        new() { [Json] = new() { Schema = schema, Example = example } };

    public static OpenApiResponse Answer(string description, IOpenApiSchema schema) => new() { Description = description, Content = Content(schema) };

    public static OpenApiResponse Refusal(string description, OpenApiDocument document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ProblemJson] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDocument), document) },
        },
    };

    // 'unit' is a keyword of this product; the OpenAPI writer keeps unknown keywords only with the prefix of an extension.
    private static void NameUnitsAsExtension(JsonObject schema)
    {
        if (schema["unit"] is JsonValue unit)
        {
            schema.Remove("unit");
            schema["x-unit"] = unit;
        }

        foreach (var child in schema.Select(pair => pair.Value).OfType<JsonObject>().ToList())
        {
            NameUnitsAsExtension(child);
        }
    }
}
