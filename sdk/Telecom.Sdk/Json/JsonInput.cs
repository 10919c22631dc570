using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Json;

/// <summary>Reads documents that people and programs send in, and says by JSON pointer what is wrong with them.</summary>
public static class JsonInput
{
    // Numbers written with fewer characters and without exponent fit every floating-point type.
    private const int HarmlessNumberLength = 38;

    /// <summary>Reads one document whose shape matches <paramref name="type"/>, as its JSON Schema states it.</summary>
    /// <param name="utf8Json">One JSON value, UTF-8; a byte order mark is skipped.</param>
    /// <param name="type">Source-generated metadata.</param>
    /// <exception cref="InvalidInputException">
    /// Not JSON, or of another shape: every missing, unknown, null or mistyped member, every number beyond its type, up to the limit of
    /// <see cref="InputErrors"/>.
    /// </exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8Json, JsonTypeInfo<T> type)
        where T : class
    {
        if (utf8Json.StartsWith("\ufeff"u8))
        {
            utf8Json = utf8Json[3..];
        }

        T? document;
        try
        {
            document = JsonSerializer.Deserialize(utf8Json, type);
        }
        catch (JsonException exception)
        {
            CheckShape(utf8Json, type);

            // The shape is right as far as it can be read: the text itself is not JSON.
            throw new InvalidInputException(JsonPointers.FromPath(exception.Path), JsonPointers.Explain(exception));
        }

        if (MayHideMistakes(utf8Json, ReaderOptions(type)))
        {
            CheckShape(utf8Json, type);
        }

        return document ?? throw new InvalidInputException(string.Empty, "The request is null; it must be a JSON object.");
    }

    private static JsonReaderOptions ReaderOptions(JsonTypeInfo type) => new()
    {
        AllowTrailingCommas = type.Options.AllowTrailingCommas,
        CommentHandling = type.Options.ReadCommentHandling,
        MaxDepth = type.Options.MaxDepth,
    };

    // The deserializer lets two things through: null where none belongs, and numbers that overflow to infinity.
    private static bool MayHideMistakes(ReadOnlySpan<byte> utf8Json, JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(utf8Json, options);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.Number && MayOverflow(reader.ValueSpan)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MayOverflow(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return number.Length > HarmlessNumberLength || (exponent >= 0 && number[exponent + 1] != '-');
    }

    private static void CheckShape(ReadOnlySpan<byte> utf8Json, JsonTypeInfo type)
    {
        JsonDocument document;
        try
        {
            var reader = new Utf8JsonReader(utf8Json, ReaderOptions(type));
            document = JsonDocument.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return;
        }

        var errors = new InputErrors();
        using (document)
        {
            try
            {
                JsonShape.Check(document.RootElement, type, errors);
            }
            catch (InvalidOperationException)
            {
                errors.Add(string.Empty, "The request holds an escape sequence that is half of a surrogate pair.");
            }
        }

        errors.ThrowIfAny();
    }
}
