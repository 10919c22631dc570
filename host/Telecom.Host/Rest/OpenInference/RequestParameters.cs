using System.Text.Json;
using Telecom.Sdk.Errors;

namespace Telecom.Host.Rest.OpenInference;

/// <summary>The parameters of a request that mean something here; others are ignored.</summary>
internal sealed record RequestParameters
{
    // As the native API: longer waits are for operations.
    private const ulong LongestTimeoutMicroseconds = PredictionQueryString.LongestTimeoutMs * 1000UL;

    public static RequestParameters None { get; } = new();

    /// <summary>Time in which an answer is of use; null for the host's default.</summary>
    public TimeSpan? Timeout { get; private init; }

    /// <summary>Whether outputs are binary that do not say so themselves.</summary>
    public bool BinaryOutputs { get; private init; }

    /// <summary>Method that answers; null for the task's default.</summary>
    public string? Method { get; private init; }

    /// <summary>Adapter that answers; null for the method's own.</summary>
    public string? Adapter { get; private init; }

    /// <summary>Reads the object on which the reader stands.</summary>
    /// <exception cref="InvalidInputException">A known parameter of another type.</exception>
    public static RequestParameters Read(ref Utf8JsonReader reader)
    {
        const string Pointer = "/parameters";
        var parameters = None;
        JsonMembers.RequireObject(reader.TokenType, Pointer);
        while (JsonMembers.Next(ref reader))
        {
            if (JsonMembers.Is(ref reader, "priority"u8))
            {
                // Accepted and checked: the lanes of this host are fair, not ranked.
                Unsigned(ref reader, Pointer + "/priority");
            }
            else if (JsonMembers.Is(ref reader, "timeout"u8))
            {
                var microseconds = Unsigned(ref reader, Pointer + "/timeout");
                parameters = parameters with
                {
                    Timeout = microseconds == 0 ? null : TimeSpan.FromMicroseconds(Math.Min(microseconds, LongestTimeoutMicroseconds)),
                };
            }
            else if (JsonMembers.Is(ref reader, "binary_data_output"u8))
            {
                parameters = parameters with { BinaryOutputs = JsonMembers.Boolean(ref reader, Pointer + "/binary_data_output") };
            }
            else if (JsonMembers.Is(ref reader, "method"u8))
            {
                parameters = parameters with { Method = JsonMembers.Text(ref reader, Pointer + "/method") };
            }
            else if (JsonMembers.Is(ref reader, "adapter"u8))
            {
                parameters = parameters with { Adapter = JsonMembers.Text(ref reader, Pointer + "/adapter") };
            }
            else
            {
                JsonMembers.Skip(ref reader);
            }
        }

        return parameters;
    }

    private static ulong Unsigned(ref Utf8JsonReader reader, string pointer) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var value)
            ? value
            : throw new InvalidInputException(pointer, "must be an integer that is not negative.");
}
