using System.Buffers;
using System.Globalization;
using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Writes answers of inference requests.</summary>
internal static class InferenceAnswer
{
    private const int FirstBytes = 4 << 10;
    private const long LargestUnflushed = 64 << 10;

    // What is written is fixed here, apart from the elements; those are checked one by one.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <exception cref="UnwritableOutputException">An output has elements that JSON cannot carry; nothing was sent.</exception>
    public static async Task WriteAsync(HttpResponse response, TensorModel model, InferenceRequest request, TensorAnswer answer)
    {
        using var json = new PooledBuffer(FirstBytes);
        var binaryBytes = WriteJson(json, model, request, answer);
        if (binaryBytes is { } bytes)
        {
            response.ContentType = MediaTypeNames.Application.Octet;
            response.Headers[InferenceBody.JsonLength] = json.Length.ToString(CultureInfo.InvariantCulture);
            response.ContentLength = json.Length + bytes;
        }
        else
        {
            response.ContentType = MediaTypeNames.Application.Json;
            response.ContentLength = json.Length;
        }

        response.BodyWriter.Write(json.Span);
        foreach (var output in request.Outputs)
        {
            if (output.IsBinary)
            {
                await WriteAsync(response, answer.Outputs[output.Index]);
            }
        }

        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
    }

    // Small answers leave in one piece; of large ones the next tensor waits until the one before is on its way.
    private static async ValueTask WriteAsync(HttpResponse response, TensorValue tensor)
    {
        BinaryTensor.Write(response.BodyWriter, tensor);
        if (response.BodyWriter.UnflushedBytes > LargestUnflushed)
        {
            await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
        }
    }

    // Returns the bytes that follow; null when no output is binary.
    private static long? WriteJson(PooledBuffer buffer, TensorModel model, InferenceRequest request, TensorAnswer answer)
    {
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        long? binaryBytes = null;
        writer.WriteStartObject();
        writer.WriteString("model_name"u8, model.Name);
        writer.WriteString("model_version"u8, model.Version);
        if (request.Id is { } id)
        {
            writer.WriteString("id"u8, id);
        }

        if (answer.Fallback is { } fallback)
        {
            writer.WriteStartObject("parameters"u8);
            writer.WriteString("fallback"u8, fallback);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("outputs"u8);
        foreach (var output in request.Outputs)
        {
            var bytes = WriteOutput(writer, answer.Outputs[output.Index], model.Signature.Outputs[output.Index], output.IsBinary);
            binaryBytes = output.IsBinary ? (binaryBytes ?? 0) + bytes : binaryBytes;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return binaryBytes;
    }

    private static long WriteOutput(Utf8JsonWriter writer, TensorValue tensor, TensorSpec spec, bool isBinary)
    {
        var bytes = 0L;
        writer.WriteStartObject();
        writer.WriteString("name"u8, spec.Name);
        writer.WriteString("datatype"u8, spec.DataType.WireName());
        writer.WriteStartArray("shape"u8);
        foreach (var dimension in tensor.Shape)
        {
            writer.WriteNumberValue(dimension);
        }

        writer.WriteEndArray();
        if (isBinary)
        {
            bytes = BinaryTensor.Size(tensor, spec.DataType);
            writer.WriteStartObject("parameters"u8);
            writer.WriteNumber("binary_data_size"u8, bytes);
            writer.WriteEndObject();
        }
        else
        {
            writer.WritePropertyName("data"u8);
            JsonTensor.Write(writer, tensor, spec.DataType);
        }

        writer.WriteEndObject();
        return bytes;
    }
}
