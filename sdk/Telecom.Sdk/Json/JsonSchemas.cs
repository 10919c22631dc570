using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Telecom.Sdk.Json;

/// <summary>JSON Schema 2020-12 from source-generated metadata and <see cref="QuantityAttribute"/>.</summary>
public static class JsonSchemas
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Annotate,
    };

    /// <returns>A new schema document.</returns>
    public static JsonObject Of(JsonTypeInfo type)
    {
        var schema = type.GetJsonSchemaAsNode(Options).AsObject();
        schema.Insert(0, "$schema", Dialect);
        return schema;
    }

    private static JsonNode Annotate(JsonSchemaExporterContext context, JsonNode node)
    {
        var quantity = context.PropertyInfo?.AttributeProvider?
            .GetCustomAttributes(typeof(QuantityAttribute), inherit: false).OfType<QuantityAttribute>().FirstOrDefault();
        if (quantity is null || node is not JsonObject schema)
        {
            return node;
        }

        schema["description"] = quantity.Description;
        if (quantity.Unit.Length > 0)
        {
            schema["unit"] = quantity.Unit;
        }

        Bound(schema, "minimum", quantity.Minimum);
        Bound(schema, "maximum", quantity.Maximum);
        return schema;
    }

    private static void Bound(JsonObject schema, string keyword, double value)
    {
        if (!double.IsNaN(value))
        {
            schema[keyword] = value;
        }
    }
}
