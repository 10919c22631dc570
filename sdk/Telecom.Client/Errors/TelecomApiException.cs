using System.Net;

namespace Telecom.Client;

/// <summary>The host refused a request, failed on it, or gave an answer that cannot be read. A host that is not reached at all is a plain
/// <see cref="HttpRequestException"/>, one that takes too long a <see cref="TimeoutException"/>.</summary>
public sealed class TelecomApiException : HttpRequestException
{
    /// <summary>Code of answers that are not what the host promises.</summary>
    public const string UnreadableAnswer = "unreadable_answer";

    internal TelecomApiException(string message, HttpStatusCode? status, Exception? inner = null)
        : base(message, inner, status)
    {
    }

    /// <summary>snake_case code for programs, e.g. <c>invalid_input</c>; null where the server names none, as the Open Inference Protocol does.</summary>
    public string? Code { get; internal init; }

    /// <summary>What is wrong, where, and what to do, in the words of the host.</summary>
    public string Detail { get; internal init; } = string.Empty;

    /// <summary>Finds the occurrence in the host's log; null where the server names none.</summary>
    public string? TraceId { get; internal init; }

    /// <summary>Wrong members of the request; empty when the refusal is about something else.</summary>
    public IReadOnlyList<FieldError> Errors { get; internal init; } = [];

    /// <summary>How long the server asks to wait before the next try; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    internal static TelecomApiException Unreadable(string what, HttpStatusCode? status = null, Exception? inner = null) =>
        new($"The host's answer cannot be read: {what}. Is the address that of a Telecom host of this version?", status, inner)
        {
            Code = UnreadableAnswer,
            Detail = what,
        };
}
