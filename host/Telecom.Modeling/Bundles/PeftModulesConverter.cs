using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telecom.Modeling.Bundles;

/// <summary>A string or an array of strings.</summary>
internal sealed class PeftModulesConverter : JsonConverter<PeftModules>
{
    public override PeftModules Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new PeftModules { Pattern = reader.GetString() };
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("modules must be named by a string or an array of strings.");
        }

        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            names.Add(reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw new JsonException("an array of module names must hold strings only."));
        }

        return new PeftModules { Names = names };
    }

    public override void Write(Utf8JsonWriter writer, PeftModules value, JsonSerializerOptions options)
    {
        if (value.Names is null)
        {
            writer.WriteStringValue(value.Pattern);
            return;
        }

        writer.WriteStartArray();
        foreach (var name in value.Names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }
}
