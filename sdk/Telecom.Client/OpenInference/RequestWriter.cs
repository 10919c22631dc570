using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Telecom.Client.OpenInference;

/// <summary>Writes requests in either form.</summary>
internal static class RequestWriter
{
    public const string JsonLength = "Inference-Header-Content-Length";

    private const int ExpectedBytes = 1 << 10;

    /// <returns>The JSON of the request; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A value or an element type that JSON cannot carry, or no input at all.</exception>
    public static PooledBytes WriteJson(InferenceRequest request)
    {
        if (request.Inputs.Count == 0)
        {
            throw new ArgumentException("The request has no input: add one for each input of the model.", nameof(request));
        }

        var json = new PooledBytes(ExpectedBytes);
        try
        {
            using var writer = new Utf8JsonWriter(json);
            writer.WriteStartObject();
            WriteParameters(writer, request);
            writer.WriteStartArray("inputs"u8);
            foreach (var input in request.Inputs)
            {
                WriteInput(writer, request, input);
            }

            writer.WriteEndArray();
            WriteOutputs(writer, request);
            writer.WriteEndObject();
            writer.Flush();
            return json;
        }
        catch
        {
            json.Dispose();
            throw;
        }
    }

    /// <returns>The body. It reads from the request and the JSON, which must live until it was sent.</returns>
    public static HttpContent Content(InferenceRequest request, PooledBytes json)
    {
        if (!request.BinaryInputs)
        {
            return new ReadOnlyMemoryContent(json.Memory) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };
        }

        return new InferenceContent(request, json) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Octet) } };
    }

    private static void WriteParameters(Utf8JsonWriter writer, InferenceRequest request)
    {
        if (request.Id is { } id)
        {
            writer.WriteString("id"u8, id);
        }

        if (request is { Timeout: null, Method: null, Adapter: null, BinaryOutputs: false })
        {
            return;
        }

        writer.WriteStartObject("parameters"u8);
        if (request.Timeout is { } timeout)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.FromMicroseconds(1), nameof(request));
            writer.WriteNumber("timeout"u8, (long)timeout.TotalMicroseconds);
        }

        if (request.Method is { } method)
        {
            writer.WriteString("method"u8, method);
        }

        if (request.Adapter is { } adapter)
        {
            writer.WriteString("adapter"u8, adapter);
        }

        if (request.BinaryOutputs)
        {
            writer.WriteBoolean("binary_data_output"u8, true);
        }

        writer.WriteEndObject();
    }

    private static void WriteInput(Utf8JsonWriter writer, InferenceRequest request, InferenceInput input)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, input.Name);
        writer.WriteStartArray("shape"u8);
        foreach (var dimension in input.Shape)
        {
            writer.WriteNumberValue(dimension);
        }

        writer.WriteEndArray();
        writer.WriteString("datatype"u8, input.DataType.WireName());
        if (request.BinaryInputs)
        {
            writer.WriteStartObject("parameters"u8);
            writer.WriteNumber("binary_data_size"u8, input.Bytes);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray("data"u8);
            WriteData(writer, input, request.Bytes(input).Span);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteOutputs(Utf8JsonWriter writer, InferenceRequest request)
    {
        if (request.Outputs.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("outputs"u8);
        foreach (var output in request.Outputs)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, output.Name);
            if (output.IsBinary is { } isBinary)
            {
                writer.WriteStartObject("parameters"u8);
                writer.WriteBoolean("binary_data"u8, isBinary);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteData(Utf8JsonWriter writer, InferenceInput input, ReadOnlySpan<byte> bytes)
    {
        // Swapping once more gives the machine's own order; a copy is needed only where that differs.
        if (!BitConverter.IsLittleEndian)
        {
            var own = bytes.ToArray();
            DataTypes.Swap(own, input.DataType.ElementBytes());
            bytes = own;
        }

        switch (input.DataType)
        {
            case TensorDataType.Bool: Each<bool>(writer, bytes, static (writer, value) => writer.WriteBooleanValue(value)); break;
            case TensorDataType.UInt8: Each<byte>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.UInt16: Each<ushort>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.UInt32: Each<uint>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.UInt64: Each<ulong>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.Int8: Each<sbyte>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.Int16: Each<short>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.Int32: Each<int>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.Int64: Each<long>(writer, bytes, static (writer, value) => writer.WriteNumberValue(value)); break;
            case TensorDataType.Float32: WriteFloats(writer, input.Name, MemoryMarshal.Cast<byte, float>(bytes)); break;
            case TensorDataType.Float64: WriteDoubles(writer, input.Name, MemoryMarshal.Cast<byte, double>(bytes)); break;
            case TensorDataType.Bytes: WriteTexts(writer, input.Name, bytes); break;
            default: throw Unwritable(input.Name, $"{input.DataType.WireName()} has no form in JSON");
        }
    }

    private static void Each<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes, Action<Utf8JsonWriter, T> write)
        where T : struct
    {
        foreach (var value in MemoryMarshal.Cast<byte, T>(bytes))
        {
            write(writer, value);
        }
    }

    private static void WriteFloats(Utf8JsonWriter writer, string name, ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            writer.WriteNumberValue(float.IsFinite(value) ? value : throw Unwritable(name, NotFinite(value)));
        }
    }

    private static void WriteDoubles(Utf8JsonWriter writer, string name, ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            writer.WriteNumberValue(double.IsFinite(value) ? value : throw Unwritable(name, NotFinite(value)));
        }
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var text = bytes.Slice(sizeof(int), length);
            writer.WriteStringValue(System.Text.Unicode.Utf8.IsValid(text) ? text : throw Unwritable(name, "an element is not UTF-8 text"));
            bytes = bytes[(sizeof(int) + length)..];
        }
    }

    private static string NotFinite(double value) => string.Create(CultureInfo.InvariantCulture, $"{value} is not finite");

    private static ArgumentException Unwritable(string name, string reason) =>
        new($"The input '{name}' cannot be written as JSON: {reason}. Send it in binary form.");
}
