using System.Text.Json;
using System.Text.Json.Nodes;

namespace Telecom.Sdk.Tasks;

/// <summary>JSON form of a task's requests and answers. Nothing invalid gets past <see cref="Read"/>.</summary>
public interface ITaskCodec<TIn, TOut>
{
    /// <summary>Reads and validates one request document.</summary>
    /// <param name="utf8Json">One JSON object, UTF-8.</param>
    /// <exception cref="Errors.InvalidInputException">Names every wrong member by JSON pointer.</exception>
    TIn Read(ReadOnlySpan<byte> utf8Json);

    /// <summary>Writes one answer as a JSON object.</summary>
    void Write(Utf8JsonWriter writer, TOut answer);

    /// <summary>JSON Schema 2020-12 of a request.</summary>
    JsonObject RequestSchema();

    /// <summary>JSON Schema 2020-12 of an answer.</summary>
    JsonObject ResponseSchema();
}
