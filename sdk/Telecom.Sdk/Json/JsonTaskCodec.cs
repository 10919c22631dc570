using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Telecom.Sdk.Tasks;

namespace Telecom.Sdk.Json;

/// <summary>The codec of every task: source-generated metadata, no reflection, errors as JSON pointers.</summary>
internal sealed class JsonTaskCodec<TIn, TOut, TRequestDocument, TAnswerDocument>(
    JsonTypeInfo<TRequestDocument> requestInfo,
    JsonTypeInfo<TAnswerDocument> answerInfo,
    Func<TRequestDocument, InputErrors, TIn> read,
    Func<TOut, TAnswerDocument> write) : ITaskCodec<TIn, TOut>
    where TRequestDocument : class
    where TAnswerDocument : class
{
    public TIn Read(ReadOnlySpan<byte> utf8Json)
    {
        var document = JsonInput.Read(utf8Json, requestInfo);
        var errors = new InputErrors();
        var request = read(document, errors);
        errors.ThrowIfAny();
        return request;
    }

    public void Write(Utf8JsonWriter writer, TOut answer) => JsonSerializer.Serialize(writer, write(answer), answerInfo);

    public JsonObject RequestSchema() => JsonSchemas.Of(requestInfo);

    public JsonObject ResponseSchema() => JsonSchemas.Of(answerInfo);
}
