using System.Globalization;
using System.Text.Json;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Tensors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>Shapes of requests against those that a model declares.</summary>
internal static class TensorShape
{
    // More dimensions than any model declares, and few enough to keep a hostile shape small.
    private const int MaximumRank = 32;

    /// <summary>Reads an array of dimensions; the reader stands on its start and ends on its end.</summary>
    /// <exception cref="InvalidInputException">No array of integers.</exception>
    public static long[] Read(ref Utf8JsonReader reader, string pointer)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new InvalidInputException(pointer, "must be an array of integers.");
        }

        Span<long> dimensions = stackalloc long[MaximumRank];
        var rank = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; rank++)
        {
            if (rank == MaximumRank || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out dimensions[rank]))
            {
                throw new InvalidInputException(
                    pointer, string.Create(CultureInfo.InvariantCulture, $"must be an array of at most {MaximumRank} integers."));
            }
        }

        return dimensions[..rank].ToArray();
    }

    /// <returns>The number of elements.</returns>
    /// <exception cref="InvalidInputException">Another rank, another fixed dimension, an empty dimension, too many rows or too many elements.</exception>
    public static int Check(ReadOnlySpan<long> shape, TensorSpec spec, int maxRows, string pointer)
    {
        if (shape.Length != spec.Shape.Count)
        {
            throw Wrong(shape, spec, pointer);
        }

        var count = 1L;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] < 1 || (spec.Shape[i] >= 0 && spec.Shape[i] != shape[i]))
            {
                throw Wrong(shape, spec, pointer);
            }

            // Both factors stay below 2^31, so that their product cannot overflow.
            count = shape[i] > int.MaxValue ? long.MaxValue : count * shape[i];
            if (count > int.MaxValue)
            {
                throw new InvalidInputException(
                    pointer, string.Create(CultureInfo.InvariantCulture, $"is {Text(shape)}, which has more than {int.MaxValue} elements."));
            }
        }

        return shape[0] <= maxRows
            ? (int)count
            : throw new InvalidInputException(
                pointer, string.Create(CultureInfo.InvariantCulture, $"has {shape[0]} rows, but a request may have {maxRows}: send them in parts."));
    }

    /// <returns>The dimensions in brackets.</returns>
    public static string Text(ReadOnlySpan<long> shape)
    {
        var parts = new string[shape.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = shape[i].ToString(CultureInfo.InvariantCulture);
        }

        return $"[{string.Join(',', parts)}]";
    }

    private static InvalidInputException Wrong(ReadOnlySpan<long> shape, TensorSpec spec, string pointer) =>
        new(pointer, $"is {Text(shape)}, but '{spec.Name}' takes {Text([.. spec.Shape])}, where -1 stands for one or more.");
}
