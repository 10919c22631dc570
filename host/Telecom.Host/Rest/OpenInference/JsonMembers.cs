using System.Text.Json;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Steps through the members of objects.</summary>
internal static class JsonMembers
{
    /// <summary>Steps to the next member's name; false at the end of the object. The value before must have been read to its end.</summary>
    public static bool Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Steps on to the value if the reader stands on this name.</summary>
    public static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    /// <summary>Leaves out the value of the name on which the reader stands.</summary>
    public static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    public static void RequireObject(JsonTokenType token, string pointer)
    {
        if (token != JsonTokenType.StartObject)
        {
            throw new InvalidInputException(pointer, "must be an object.");
        }
    }

    public static void RequireArray(JsonTokenType token, string pointer)
    {
        if (token != JsonTokenType.StartArray)
        {
            throw new InvalidInputException(pointer, "must be an array.");
        }
    }

    public static string Text(ref Utf8JsonReader reader, string pointer) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new InvalidInputException(pointer, "must be a string.");

    public static bool Boolean(ref Utf8JsonReader reader, string pointer) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new InvalidInputException(pointer, "must be true or false."),
    };

    /// <summary>Refuses a member that comes a second time, of which nobody could say which one counts.</summary>
    public static void RequireOnce(bool isFirst, string pointer)
    {
        if (!isFirst)
        {
            throw new InvalidInputException(pointer, "is given twice.");
        }
    }
}
