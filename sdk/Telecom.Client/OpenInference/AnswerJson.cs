using System.Globalization;
using System.Text.Json;

namespace Telecom.Client.OpenInference;

/// <summary>Reads the JSON of an answer without building it as objects.</summary>
internal static class AnswerJson
{
    /// <summary>Adds what the JSON carries to the result.</summary>
    /// <returns>Tensors whose bytes follow, in order.</returns>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">JSON, but no answer of the protocol.</exception>
    /// <exception cref="InvalidOperationException">A member of another type.</exception>
    public static List<TensorClaim> Read(ReadOnlySpan<byte> json, InferenceResult result)
    {
        var claims = new List<TensorClaim>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Require(reader.TokenType, JsonTokenType.StartObject, "the answer");
        while (Next(ref reader, out var member))
        {
            switch (member)
            {
                case "model_name": result.ModelName = reader.GetString() ?? string.Empty; break;
                case "model_version": result.ModelVersion = reader.GetString(); break;
                case "id": result.Id = reader.GetString(); break;
                case "parameters": result.Fallback = ReadText(ref reader, "fallback"); break;
                case "outputs":
                    Require(reader.TokenType, JsonTokenType.StartArray, "outputs");
                    while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    {
                        ReadOutput(ref reader, result, claims);
                    }

                    break;
                default: reader.Skip(); break;
            }
        }

        reader.Read();
        return claims;
    }

    private static void ReadOutput(ref Utf8JsonReader reader, InferenceResult result, List<TensorClaim> claims)
    {
        string? name = null;
        TensorDataType? type = null;
        var shape = new List<long>();
        int? bytes = null;
        var hasData = false;
        var data = default(Utf8JsonReader);
        Require(reader.TokenType, JsonTokenType.StartObject, "an output");
        while (Next(ref reader, out var member))
        {
            switch (member)
            {
                case "name": name = reader.GetString(); break;
                case "datatype": type = ParseType(reader.GetString()); break;
                case "shape": ReadShape(ref reader, shape); break;
                case "parameters": bytes = ReadNumber(ref reader, "binary_data_size"); break;
                case "data":
                    // Its type may be named after it.
                    data = reader;
                    hasData = true;
                    reader.Skip();
                    break;
                default: reader.Skip(); break;
            }
        }

        if (name is null || type is not { } known)
        {
            throw new FormatException("an output has no name or no datatype");
        }

        if (bytes is { } size)
        {
            claims.Add(Claim(name, known, shape, size, result.Outputs.Count + claims.Count));
            return;
        }

        var values = new PooledBytes(0);
        result.Add(result.Outputs.Count, name, known, shape, values);
        if (!hasData || JsonElements.Read(ref data, known, values, name) != Product(name, shape))
        {
            throw new FormatException($"the data of the output '{name}' do not fill its shape");
        }
    }

    private static TensorClaim Claim(string name, TensorDataType type, List<long> shape, int bytes, int position)
    {
        var elements = Product(name, shape);
        return type == TensorDataType.Bytes || (long)elements * type.ElementBytes() == bytes
            ? new(position, name, type, shape, elements, bytes)
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the output '{name}' has {bytes} bytes, which do not fill its shape"));
    }

    private static int Product(string name, List<long> shape)
    {
        Int128 product = 1;
        foreach (var dimension in shape)
        {
            product = dimension >= 0 && product <= int.MaxValue ? product * dimension : -1;
        }

        return product >= 0 && product <= int.MaxValue ? (int)product : throw new FormatException($"the output '{name}' has an impossible shape");
    }

    private static void ReadShape(ref Utf8JsonReader reader, List<long> shape)
    {
        Require(reader.TokenType, JsonTokenType.StartArray, "a shape");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            shape.Add(reader.GetInt64());
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader, string wanted)
    {
        string? text = null;
        Require(reader.TokenType, JsonTokenType.StartObject, "parameters");
        while (Next(ref reader, out var member))
        {
            text = member == wanted ? reader.GetString() : text;
            reader.Skip();
        }

        return text;
    }

    private static int? ReadNumber(ref Utf8JsonReader reader, string wanted)
    {
        int? number = null;
        Require(reader.TokenType, JsonTokenType.StartObject, "parameters");
        while (Next(ref reader, out var member))
        {
            number = member == wanted ? reader.GetInt32() : number;
            reader.Skip();
        }

        return number is >= 0 or null ? number : throw new FormatException($"{wanted} is negative");
    }

    // Moves to the value of the next member; false at the end of the object.
    private static bool Next(ref Utf8JsonReader reader, out string? member)
    {
        member = null;
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        member = reader.GetString();
        return reader.Read();
    }

    private static TensorDataType ParseType(string? name) =>
        DataTypes.Parse(name ?? string.Empty) ?? throw new FormatException($"'{name}' is no datatype of the protocol");

    private static void Require(JsonTokenType found, JsonTokenType wanted, string what)
    {
        if (found != wanted)
        {
            throw new FormatException($"{what} is {found} instead of {wanted}");
        }
    }
}
