using System.Globalization;
using Telecom.Jobs.Storage;
using Telecom.Runtime.Serving;
using Telecom.Sdk.Json;
using Telecom.Sdk.Tasks;

namespace Telecom.Host.Rest;

/// <summary>Query parameters of the addresses of predictions.</summary>
internal static class PredictionQueryString
{
    /// <summary>Longest time that a caller may give.</summary>
    public const int LongestTimeoutMs = 600_000;

    // RFC 3339, with an offset or in UTC; a date alone is its first moment in UTC.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>How a prediction is asked for: <c>method</c>, <c>adapter</c> and <c>timeoutMs</c>.</summary>
    /// <exception cref="Sdk.Errors.TelecomException">No such method, or a parameter that cannot be read.</exception>
    public static PredictionOptions ReadOptions(IQueryCollection parameters, TaskDefinition task)
    {
        var errors = new InputErrors();
        int? timeoutMs = Text(parameters, "timeoutMs", errors) is null ? null : Integer(parameters, "timeoutMs", LongestTimeoutMs, errors);
        if (timeoutMs is < 1 or > LongestTimeoutMs)
        {
            errors.Add("/timeoutMs", string.Create(CultureInfo.InvariantCulture, $"must be from 1 to {LongestTimeoutMs}, but is {timeoutMs}."));
        }

        var options = new PredictionOptions
        {
            Method = parameters["method"] is [{ Length: > 0 } method] ? task.Method(method).Id : null,

            // Without a name after it, "adapter=" names an adapter that does not exist rather than none.
            Adapter = Text(parameters, "adapter", errors) ?? (parameters.ContainsKey("adapter") ? string.Empty : null),
            Timeout = timeoutMs is { } given ? TimeSpan.FromMilliseconds(given) : null,
        };
        errors.ThrowIfAny();
        return options;
    }

    /// <summary>The filter of the list of stored predictions.</summary>
    /// <exception cref="Sdk.Errors.InvalidInputException">Names every parameter that cannot be read.</exception>
    public static PredictionQuery Read(IQueryCollection parameters)
    {
        var errors = new InputErrors();
        var query = new PredictionQuery
        {
            Task = Text(parameters, "task", errors),
            Method = Text(parameters, "method", errors),
            JobId = Id(parameters, "jobId", errors),
            From = Time(parameters, "from", errors),
            To = Time(parameters, "to", errors),
            Limit = Integer(parameters, "limit", PredictionQuery.DefaultLimit, errors),
            Cursor = Text(parameters, "cursor", errors),
        };
        errors.ThrowIfAny();
        return query;
    }

    /// <returns>The same query string with another cursor.</returns>
    public static QueryString Write(IQueryCollection parameters, string cursor) =>
        QueryString.Create(parameters
            .Where(pair => pair.Key != "cursor")
            .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value.ToString()))
            .Append(KeyValuePair.Create("cursor", (string?)cursor)));

    private static string? Text(IQueryCollection parameters, string name, InputErrors errors)
    {
        var values = parameters[name];
        if (values.Count > 1)
        {
            errors.Add("/" + name, "is given more than once.");
        }

        return values is [{ Length: > 0 } value, ..] ? value : null;
    }

    private static Guid? Id(IQueryCollection parameters, string name, InputErrors errors)
    {
        if (Text(parameters, name, errors) is not { } text)
        {
            return null;
        }

        if (Guid.TryParse(text, out var id))
        {
            return id;
        }

        errors.Add("/" + name, $"must be a UUID, but is '{text}'.");
        return null;
    }

    private static DateTimeOffset? Time(IQueryCollection parameters, string name, InputErrors errors)
    {
        if (Text(parameters, name, errors) is not { } text)
        {
            return null;
        }

        // A '+' of an offset that nobody escaped arrives as a space.
        var escaped = text.Replace(' ', '+');
        if (DateTimeOffset.TryParseExact(escaped, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        errors.Add("/" + name, $"must be a time such as 2026-03-01T12:00:00Z, but is '{text}'.");
        return null;
    }

    private static int Integer(IQueryCollection parameters, string name, int standard, InputErrors errors)
    {
        if (Text(parameters, name, errors) is not { } text)
        {
            return standard;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        errors.Add("/" + name, $"must be an integer, but is '{text}'.");
        return standard;
    }
}
