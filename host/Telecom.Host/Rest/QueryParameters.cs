using System.Globalization;
using Telecom.Sdk.Json;

namespace Telecom.Host.Rest;

/// <summary>Reads single parameters of a query string; what is wrong with one is collected, so that a refusal names all.</summary>
internal static class QueryParameters
{
    // RFC 3339, with an offset or in UTC; a date alone is its first moment in UTC.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <returns>The same query string with another cursor.</returns>
    public static QueryString WithCursor(IQueryCollection parameters, string cursor) =>
        QueryString.Create(parameters
            .Where(pair => pair.Key != "cursor")
            .Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value.ToString()))
            .Append(KeyValuePair.Create("cursor", (string?)cursor)));

    public static string? Text(IQueryCollection parameters, string name, InputErrors errors)
    {
        var values = parameters[name];
        if (values.Count > 1)
        {
            errors.Add("/" + name, "is given more than once.");
        }

        return values is [{ Length: > 0 } value, ..] ? value : null;
    }

    public static Guid? Id(IQueryCollection parameters, string name, InputErrors errors)
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

    public static DateTimeOffset? Time(IQueryCollection parameters, string name, InputErrors errors)
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

    public static int Integer(IQueryCollection parameters, string name, int standard, InputErrors errors)
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
