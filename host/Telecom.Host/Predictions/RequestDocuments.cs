using System.Globalization;
using System.Text.Json;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Predictions;

/// <summary>The request documents of one body: a single object, or the elements of an array in order.</summary>
internal sealed class RequestDocuments
{
    /// <summary>Elements that one array may have.</summary>
    public const int MaximumItems = 10_000;

    private RequestDocuments(bool isArray, IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        IsArray = isArray;
        Items = items;
    }

    /// <summary>Whether the answers belong into an array, and error pointers begin with an index.</summary>
    public bool IsArray { get; }

    /// <summary>UTF-8 JSON of each request.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Items { get; }

    /// <summary>Finds the documents in a body without reading what is inside them; that is for the task's codec.</summary>
    /// <exception cref="InvalidInputException">The body is empty, an array is malformed, or it is too long.</exception>
    public static RequestDocuments Split(ReadOnlyMemory<byte> body)
    {
        body = body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
        var first = body.Span.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0)
        {
            throw new InvalidInputException(string.Empty, "The request is empty; it must be a JSON object or an array of them.");
        }

        return body.Span[first] == (byte)'[' ? new(true, Elements(body)) : new(false, [body]);
    }

    private static List<ReadOnlyMemory<byte>> Elements(ReadOnlyMemory<byte> body)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(body.Span);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (items.Count == MaximumItems)
                {
                    throw new InvalidInputException(
                        string.Empty, string.Create(CultureInfo.InvariantCulture, $"The array has more than {MaximumItems} requests: send several."));
                }

                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                items.Add(body[start..(int)reader.BytesConsumed]);
            }

            // Only white space may follow; anything else makes the reader throw.
            reader.Read();
        }
        catch (JsonException exception)
        {
            throw NotJson(exception);
        }

        return items;
    }

    /// <returns>What callers are told about a body that no JSON reader takes.</returns>
    public static InvalidInputException NotJson(JsonException exception) => new(
        string.Empty,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The request is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})."));
}
