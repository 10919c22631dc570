using System.Text.Json;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>JSON form of the elements of one datatype. Structures implement it, so that every loop over elements is compiled for its type.</summary>
internal interface IElement<T>
{
    /// <summary>What a value must be, for refusals.</summary>
    static abstract string Rule { get; }

    /// <returns>Whether the reader stands on a value of the type.</returns>
    static abstract bool TryRead(ref Utf8JsonReader reader, out T value);

    /// <returns>Whether JSON can carry the value.</returns>
    static abstract bool TryWrite(Utf8JsonWriter writer, T value);
}
