using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tasks;

namespace Telecom.Sdk.Tensors;

/// <summary>The view of a task that declares none: one BYTES element per request carries its JSON, one per answer comes back.</summary>
internal sealed class JsonTensorView<TIn, TOut>(ITaskCodec<TIn, TOut> codec) : ITensorView<TIn, TOut>
{
    public TensorSignature Signature { get; } = new(
        [new("request", TensorDataType.Bytes, [-1])],
        [new("answer", TensorDataType.Bytes, [-1])]);

    public TIn[] Read(IReadOnlyList<TensorValue> inputs)
    {
        var documents = (byte[][])inputs[0].Data;
        var requests = new TIn[documents.Length];
        for (var row = 0; row < documents.Length; row++)
        {
            try
            {
                requests[row] = codec.Read(documents[row]);
            }
            catch (InvalidInputException exception)
            {
                var prefix = string.Create(CultureInfo.InvariantCulture, $"/request/{row}");
                throw new InvalidInputException([.. exception.Errors.Select(error => error with { Pointer = prefix + error.Pointer })], exception.Code);
            }
        }

        return requests;
    }

    public IReadOnlyList<TensorValue> Write(ReadOnlySpan<TOut> answers)
    {
        var documents = new byte[answers.Length][];
        var buffer = new ArrayBufferWriter<byte>();
        for (var row = 0; row < answers.Length; row++)
        {
            buffer.ResetWrittenCount();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                codec.Write(writer, answers[row]);
            }

            documents[row] = buffer.WrittenSpan.ToArray();
        }

        return [new("answer", [answers.Length], documents)];
    }
}
