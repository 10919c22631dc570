using System.Globalization;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>A body without JSON: nothing but the one input of the model, one row of it.</summary>
internal static class RawRequest
{
    /// <exception cref="InvalidInputException">The model has several inputs or several variable dimensions, or the bytes do not fit.</exception>
    public static InferenceRequest Read(TensorModel model, ReadOnlySpan<byte> body)
    {
        if (model.Signature.Inputs is not [var spec])
        {
            throw new InvalidInputException(
                string.Empty, $"'{model.Name}' has {model.Signature.Inputs.Count} inputs: only a model with one takes a body without JSON.");
        }

        var shape = Deduce(spec, body.Length);
        var count = TensorShape.Check(shape, spec, model.MaxRows, spec.Name);

        // One string is the whole body; it needs no length in front.
        Array data = spec.DataType == TensorDataType.Bytes && count == 1
            ? new[] { body.ToArray() }
            : BinaryTensor.Read(body, spec.DataType, count, spec.Name);
        return new InferenceRequest
        {
            Inputs = [new TensorValue(spec.Name, shape, data)],
            Outputs = InferenceRequestReader.All(model, isBinary: true),
        };
    }

    private static long[] Deduce(TensorSpec spec, int bytes)
    {
        var shape = spec.Shape.ToArray();
        shape[0] = 1;
        var variable = Array.IndexOf(shape, -1);
        if (variable < 0)
        {
            return shape;
        }

        shape[variable] = 1;
        var slice = spec.DataType.ElementBytes() * shape.Aggregate(1L, (product, dimension) => product * Math.Abs(dimension));
        if (Array.IndexOf(shape, -1) >= 0 || slice == 0 || bytes % slice != 0)
        {
            throw new InvalidInputException(
                spec.Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{bytes} bytes do not say which shape a row of {TensorShape.Text([.. spec.Shape])} has: send JSON with the shape."));
        }

        shape[variable] = bytes / slice;
        return shape;
    }
}
