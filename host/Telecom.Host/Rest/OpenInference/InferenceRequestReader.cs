using System.Globalization;
using System.Text.Json;
using Telecom.Host.Predictions;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Reads the body of an inference request in one pass: JSON, then the bytes of binary tensors in the order of the inputs.</summary>
internal ref struct InferenceRequestReader
{
    private const string InputsPointer = "/inputs";
    private const string OutputsPointer = "/outputs";

    private readonly TensorModel model;
    private readonly TensorValue?[] inputs;
    private readonly int jsonBytes;
    private ReadOnlySpan<byte> tail;
    private Utf8JsonReader reader;
    private List<(int Index, bool? IsBinary)>? outputs;
    private RequestParameters? parameters;
    private string? id;
    private bool hasInputs;

    private InferenceRequestReader(TensorModel model, ReadOnlySpan<byte> json, ReadOnlySpan<byte> tail)
    {
        this.model = model;
        this.tail = tail;
        inputs = new TensorValue?[model.Signature.Inputs.Count];
        jsonBytes = json.Length;
        reader = new Utf8JsonReader(json);
    }

    /// <summary>Reads a body.</summary>
    /// <param name="model">What the request is for.</param>
    /// <param name="body">JSON and what follows it.</param>
    /// <param name="jsonBytes">Bytes of the JSON; null when there is nothing else.</param>
    /// <exception cref="InvalidInputException">Says what does not fit, and where.</exception>
    public static InferenceRequest Read(TensorModel model, ReadOnlySpan<byte> body, int? jsonBytes)
    {
        if (jsonBytes == 0)
        {
            return RawRequest.Read(model, body);
        }

        var json = body[..(jsonBytes ?? body.Length)];
        var tail = body[json.Length..];
        json = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        try
        {
            return new InferenceRequestReader(model, json, tail).Read();
        }
        catch (JsonException exception)
        {
            throw RequestDocuments.NotJson(exception);
        }
        catch (InvalidOperationException)
        {
            // That is how the reader refuses strings whose bytes or escapes are no Unicode text.
            throw new InvalidInputException(string.Empty, "The request has a string that is not valid UTF-8.");
        }
    }

    private InferenceRequest Read()
    {
        reader.Read();
        JsonMembers.RequireObject(reader.TokenType, string.Empty);
        while (JsonMembers.Next(ref reader))
        {
            ReadMember();
        }

        // Only white space may follow; anything else makes the reader throw.
        reader.Read();
        CheckInputs();
        if (!tail.IsEmpty)
        {
            throw new InvalidInputException(
                string.Empty, string.Create(CultureInfo.InvariantCulture, $"{tail.Length} bytes are left over after the tensors that the JSON claims."));
        }

        var settings = parameters ?? RequestParameters.None;
        var request = new InferenceRequest
        {
            Id = id,
            Inputs = inputs!,
            Outputs = outputs is { Count: > 0 } chosen
                ? chosen.ConvertAll(output => new RequestedOutput(output.Index, output.IsBinary ?? settings.BinaryOutputs))
                : All(model, settings.BinaryOutputs),
            Parameters = settings,
        };
        CheckOutputs(request.Outputs);
        return request;
    }

    /// <returns>Every output of the model.</returns>
    public static RequestedOutput[] All(TensorModel model, bool isBinary)
    {
        var all = new RequestedOutput[model.Signature.Outputs.Count];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = new RequestedOutput(i, isBinary);
        }

        return all;
    }

    private readonly void CheckOutputs(IReadOnlyList<RequestedOutput> requested)
    {
        foreach (var output in requested)
        {
            var spec = model.Signature.Outputs[output.Index];
            if (!output.IsBinary && !spec.DataType.HasJson())
            {
                throw new InvalidInputException(
                    OutputsPointer, $"'{spec.Name}' is {spec.DataType.WireName()}, which has no JSON form: ask for it with binary_data.");
            }
        }
    }

    private void ReadMember()
    {
        if (JsonMembers.Is(ref reader, "inputs"u8))
        {
            JsonMembers.RequireOnce(!hasInputs, InputsPointer);
            hasInputs = true;
            ReadInputs();
        }
        else if (JsonMembers.Is(ref reader, "outputs"u8))
        {
            JsonMembers.RequireOnce(outputs is null, OutputsPointer);
            ReadOutputs();
        }
        else if (JsonMembers.Is(ref reader, "id"u8))
        {
            JsonMembers.RequireOnce(id is null, "/id");
            id = JsonMembers.Text(ref reader, "/id");
        }
        else if (JsonMembers.Is(ref reader, "parameters"u8))
        {
            JsonMembers.RequireOnce(parameters is null, "/parameters");
            parameters = RequestParameters.Read(ref reader);
        }
        else
        {
            JsonMembers.Skip(ref reader);
        }
    }

    private void ReadInputs()
    {
        JsonMembers.RequireArray(reader.TokenType, InputsPointer);
        for (var position = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; position++)
        {
            var pointer = string.Create(CultureInfo.InvariantCulture, $"{InputsPointer}/{position}");
            var input = new InputReader(model, jsonBytes, pointer);
            input.Read(ref reader);
            var (index, value) = input.Complete(ref tail);
            JsonMembers.RequireOnce(inputs[index] is null, $"{InputsPointer}: '{value.Name}'");
            inputs[index] = value;
        }
    }

    private void CheckInputs()
    {
        var specs = model.Signature.Inputs;
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is not { } input)
            {
                throw new InvalidInputException(InputsPointer, $"the input '{specs[i].Name}' is missing.");
            }

            if (input.Shape[0] != inputs[0]!.Shape[0])
            {
                throw new InvalidInputException(
                    InputsPointer,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{input.Name}' has {input.Shape[0]} rows and '{inputs[0]!.Name}' {inputs[0]!.Shape[0]}; the first dimension counts requests."));
            }
        }
    }

    private void ReadOutputs()
    {
        outputs = [];
        JsonMembers.RequireArray(reader.TokenType, OutputsPointer);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var pointer = string.Create(CultureInfo.InvariantCulture, $"{OutputsPointer}/{outputs.Count}");
            var output = ReadOutput(pointer);
            JsonMembers.RequireOnce(!outputs.Exists(other => other.Index == output.Index), pointer + "/name");
            outputs.Add(output);
        }
    }

    private (int Index, bool? IsBinary) ReadOutput(string pointer)
    {
        string? name = null;
        bool? isBinary = null;
        JsonMembers.RequireObject(reader.TokenType, pointer);
        while (JsonMembers.Next(ref reader))
        {
            if (JsonMembers.Is(ref reader, "name"u8))
            {
                JsonMembers.RequireOnce(name is null, pointer + "/name");
                name = JsonMembers.Text(ref reader, pointer + "/name");
            }
            else if (JsonMembers.Is(ref reader, "parameters"u8))
            {
                isBinary = ReadBinaryData(pointer + "/parameters");
            }
            else
            {
                JsonMembers.Skip(ref reader);
            }
        }

        return (TensorNames.IndexOf(model.Signature.Outputs, name, "output", pointer), isBinary);
    }

    private bool? ReadBinaryData(string pointer)
    {
        bool? isBinary = null;
        JsonMembers.RequireObject(reader.TokenType, pointer);
        while (JsonMembers.Next(ref reader))
        {
            if (JsonMembers.Is(ref reader, "binary_data"u8))
            {
                isBinary = JsonMembers.Boolean(ref reader, pointer + "/binary_data");
            }
            else
            {
                JsonMembers.Skip(ref reader);
            }
        }

        return isBinary;
    }
}
