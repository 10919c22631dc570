using System.Globalization;
using System.Text.Json;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Reads one input tensor of a request, whatever the order of its members.</summary>
internal ref struct InputReader(TensorModel model, int jsonBytes, string pointer)
{
    // Short of this no element of an array fits into JSON: a digit and a comma.
    private const int JsonElementBytes = 2;

    private string? name;
    private string? datatype;
    private long[]? shape;
    private long? binaryBytes;
    private bool hasData;
    private Array? data;
    private Utf8JsonReader dataReader;
    private bool hasParameters;

    /// <summary>Reads the object on which the reader stands. Data that come after name, type and shape are read in passing.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        JsonMembers.RequireObject(reader.TokenType, pointer);
        while (JsonMembers.Next(ref reader))
        {
            if (JsonMembers.Is(ref reader, "data"u8))
            {
                JsonMembers.RequireOnce(!hasData, pointer + "/data");
                hasData = true;
                ReadData(ref reader);
            }
            else if (JsonMembers.Is(ref reader, "name"u8))
            {
                JsonMembers.RequireOnce(name is null, pointer + "/name");
                name = JsonMembers.Text(ref reader, pointer + "/name");
            }
            else if (JsonMembers.Is(ref reader, "datatype"u8))
            {
                JsonMembers.RequireOnce(datatype is null, pointer + "/datatype");
                datatype = JsonMembers.Text(ref reader, pointer + "/datatype");
            }
            else if (JsonMembers.Is(ref reader, "shape"u8))
            {
                JsonMembers.RequireOnce(shape is null, pointer + "/shape");
                shape = TensorShape.Read(ref reader, pointer + "/shape");
            }
            else
            {
                ReadParameters(ref reader);
            }
        }
    }

    /// <summary>Checks everything and takes binary data from the front of <paramref name="tail"/>.</summary>
    /// <returns>The tensor and its place in the signature.</returns>
    public (int Index, TensorValue Value) Complete(ref ReadOnlySpan<byte> tail)
    {
        var index = TensorNames.IndexOf(model.Signature.Inputs, name, "input", pointer);
        var spec = model.Signature.Inputs[index];
        var count = Check(spec);
        if (hasData == binaryBytes is not null)
        {
            throw new InvalidInputException(pointer, "must have either 'data' or the parameter 'binary_data_size'.");
        }

        if (binaryBytes is { } bytes)
        {
            var at = pointer + "/parameters/binary_data_size";
            if (bytes < 0 || bytes > tail.Length)
            {
                throw new InvalidInputException(
                    at, string.Create(CultureInfo.InvariantCulture, $"is {bytes}, but {tail.Length} bytes are left after the JSON and the inputs before."));
            }

            data = BinaryTensor.Read(tail[..(int)bytes], spec.DataType, count, at);
            tail = tail[(int)bytes..];
        }

        data ??= JsonTensor.Read(ref dataReader, spec.DataType, shape, count, pointer + "/data");
        return (index, new TensorValue(spec.Name, shape!, data));
    }

    private void ReadData(ref Utf8JsonReader reader)
    {
        if (name is null || datatype is null || shape is null)
        {
            dataReader = reader;
            reader.Skip();
            return;
        }

        var spec = model.Signature.Inputs[TensorNames.IndexOf(model.Signature.Inputs, name, "input", pointer)];
        data = JsonTensor.Read(ref reader, spec.DataType, shape, Check(spec), pointer + "/data");
    }

    private readonly int Check(TensorSpec spec)
    {
        if (datatype != spec.DataType.WireName())
        {
            throw new InvalidInputException(
                pointer + "/datatype", $"must be {spec.DataType.WireName()} for '{spec.Name}', but is {datatype ?? "missing"}; nothing is converted.");
        }

        if (shape is null)
        {
            throw new InvalidInputException(pointer + "/shape", "is missing.");
        }

        var count = TensorShape.Check(shape, spec, model.MaxRows, pointer + "/shape");

        // Known before anything is allocated: a shape cannot make the host reserve more than a small multiple of the body.
        return !hasData || count <= (jsonBytes / JsonElementBytes) + 1
            ? count
            : throw new InvalidInputException(
                pointer + "/data", string.Create(CultureInfo.InvariantCulture, $"has fewer elements than the {count} that its shape says."));
    }

    private void ReadParameters(ref Utf8JsonReader reader)
    {
        if (!JsonMembers.Is(ref reader, "parameters"u8))
        {
            JsonMembers.Skip(ref reader);
            return;
        }

        var at = pointer + "/parameters";
        JsonMembers.RequireOnce(!hasParameters, at);
        hasParameters = true;
        JsonMembers.RequireObject(reader.TokenType, at);
        while (JsonMembers.Next(ref reader))
        {
            if (!JsonMembers.Is(ref reader, "binary_data_size"u8))
            {
                JsonMembers.Skip(ref reader);
                continue;
            }

            JsonMembers.RequireOnce(binaryBytes is null, at + "/binary_data_size");
            binaryBytes = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var bytes)
                ? bytes
                : throw new InvalidInputException(at + "/binary_data_size", "must be an integer.");
        }
    }
}
