using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Telecom.Sdk.Json;

/// <summary>Compares a document with the metadata it shall be read by, and names every difference.</summary>
/// <remarks>Types with converters of their own and polymorphic ones are taken as they are.</remarks>
internal sealed class JsonShape
{
    private const int QuotedLength = 40;

    private readonly InputErrors errors;

    // Member names and array indices from the root to the value at hand; pointers are spelled out for errors only.
    private readonly Stack<(string? Name, int Index)> path = new();

    private JsonShape(InputErrors errors) => this.errors = errors;

    /// <summary>Adds what is wrong with <paramref name="value"/> and everything in it.</summary>
    public static void Check(JsonElement value, JsonTypeInfo type, InputErrors errors) => new JsonShape(errors).Check(value, type);

    private void Check(JsonElement value, JsonTypeInfo type)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when type.PolymorphismOptions is null:
                CheckObject(value, type);
                break;
            case JsonTypeInfoKind.Enumerable:
                CheckArray(value, type);
                break;
            case JsonTypeInfoKind.Dictionary:
                CheckDictionary(value, type);
                break;
            case JsonTypeInfoKind.None:
                CheckScalar(value, type);
                break;
        }
    }

    private void CheckObject(JsonElement value, JsonTypeInfo type)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Mistyped(value, "an object");
            return;
        }

        var comparer = type.Options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var members = type.Properties.Where(IsRead).ToDictionary(member => member.Name, comparer);
        var missing = members.Values.Where(member => member.IsRequired).ToDictionary(member => member.Name, comparer);
        var isClosed = (type.UnmappedMemberHandling ?? type.Options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow;
        foreach (var property in value.EnumerateObject())
        {
            path.Push((property.Name, 0));
            if (members.TryGetValue(property.Name, out var member))
            {
                missing.Remove(property.Name);
                CheckMember(property.Value, member);
            }
            else if (isClosed)
            {
                Add($"is not a member; known members: {string.Join(", ", members.Keys)}.");
            }

            path.Pop();
        }

        foreach (var member in missing.Values)
        {
            path.Push((member.Name, 0));
            Add("is required, but missing.");
            path.Pop();
        }
    }

    private void CheckMember(JsonElement value, JsonPropertyInfo member)
    {
        var isNullAllowed = member.AssociatedParameter?.IsNullable ?? member.IsSetNullable;
        if (member.CustomConverter is null && !(value.ValueKind == JsonValueKind.Null && isNullAllowed))
        {
            CheckNested(value, member.PropertyType, member.Options, member.NumberHandling);
        }
    }

    private void CheckArray(JsonElement value, JsonTypeInfo type)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Mistyped(value, "an array");
            return;
        }

        var index = 0;
        foreach (var element in value.EnumerateArray().TakeWhile(_ => !errors.Full))
        {
            path.Push((null, index));
            CheckNested(element, type.ElementType!, type.Options, type.NumberHandling);
            path.Pop();
            index++;
        }
    }

    private void CheckDictionary(JsonElement value, JsonTypeInfo type)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Mistyped(value, "an object");
            return;
        }

        foreach (var property in value.EnumerateObject().TakeWhile(_ => !errors.Full))
        {
            path.Push((property.Name, 0));
            CheckNested(property.Value, type.ElementType!, type.Options, type.NumberHandling);
            path.Pop();
        }
    }

    private void CheckNested(JsonElement value, Type type, JsonSerializerOptions options, JsonNumberHandling? handling)
    {
        const JsonNumberHandling Text = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals;
        var plain = Nullable.GetUnderlyingType(type);
        var isNumberAsText = value.ValueKind == JsonValueKind.String && ((handling ?? options.NumberHandling) & Text) != 0;
        var isNullAllowed = value.ValueKind == JsonValueKind.Null && plain is not null;
        if (!isNumberAsText && !isNullAllowed && options.TryGetTypeInfo(plain ?? type, out var info))
        {
            Check(value, info);
        }
    }

    private void CheckScalar(JsonElement value, JsonTypeInfo info)
    {
        var type = info.Type;
        var isNumber = value.ValueKind == JsonValueKind.Number;
        var wanted = Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => EnumNames(info) is { } names && !names.Contains(Text(value), StringComparer.OrdinalIgnoreCase)
                ? $"one of {string.Join(", ", names)}"
                : null,
            TypeCode.String => value.ValueKind == JsonValueKind.String ? null : "a string",
            TypeCode.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "true or false",
            TypeCode.Double => isNumber && double.IsFinite(value.GetDouble()) ? null : "a number within ±1.8e308",
            TypeCode.Single => isNumber && float.IsFinite(value.GetSingle()) ? null : "a number within ±3.4e38",
            TypeCode.Int32 => isNumber && value.TryGetInt32(out _) ? null : "an integer from -2147483648 to 2147483647",
            TypeCode.Int64 => isNumber && value.TryGetInt64(out _) ? null : "an integer from -9223372036854775808 to 9223372036854775807",
            _ => value.ValueKind == JsonValueKind.Null && type.IsValueType ? "a value" : null,
        };
        if (wanted is not null)
        {
            Mistyped(value, wanted);
        }
    }

    private static bool IsRead(JsonPropertyInfo member) =>
        !member.IsExtensionData && (member.Set is not null || member.AssociatedParameter is not null);

    // Only enums that are written as names have this keyword in their schema.
    private static string[]? EnumNames(JsonTypeInfo info) =>
        info.Options.GetJsonSchemaAsNode(info.Type) is JsonObject schema && schema["enum"] is JsonArray names
            ? [.. names.Select(name => name?.ToString() ?? "null")]
            : null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private void Mistyped(JsonElement value, string wanted)
    {
        var given = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "a string",
            JsonValueKind.Number when value.GetRawText() is { Length: > QuotedLength } text => $"{text[..QuotedLength]}…",
            _ => value.GetRawText(),
        };
        Add($"must be {wanted}, but is {given}.");
    }

    private void Add(string message) => errors.Add(
        string.Concat(path.Reverse().Select(step => $"/{JsonPointers.Escape(step.Name ?? step.Index.ToString(CultureInfo.InvariantCulture))}")),
        message);
}
