using System.Globalization;
using System.Text;
using System.Text.Json;
using Telecom.Sdk.Errors;

namespace Telecom.Sdk.Json;

/// <summary>Turns the paths and messages of System.Text.Json into what a caller needs to find his mistake.</summary>
public static class JsonPointers
{
    private const string Missing = "missing required properties";

    /// <returns>One error per wrong member: every missing member by its own pointer, otherwise the place where reading stopped.</returns>
    public static IReadOnlyList<InputError> Errors(JsonException exception)
    {
        var pointer = FromPath(exception.Path);
        return exception.Message.Contains(Missing, StringComparison.Ordinal)
            ? [.. MissingMembers(exception.Message).Select(name => new InputError($"{pointer}/{name}", "is required, but missing."))]
            : [new InputError(pointer, Explain(exception))];
    }

    /// <param name="path">A path such as <c>$.samples[3].pitch</c> or <c>$['a b']</c>; null for none.</param>
    /// <returns>The JSON pointer, e.g. <c>/samples/3/pitch</c>.</returns>
    public static string FromPath(string? path)
    {
        var pointer = new StringBuilder();
        for (var i = 1; i < (path?.Length ?? 0);)
        {
            var isQuoted = path![i] == '[' && path[i + 1] == '\'';
            var start = isQuoted ? i + 2 : i + 1;
            var end = isQuoted ? path.IndexOf("']", start, StringComparison.Ordinal)
                : path[i] == '[' ? path.IndexOf(']', start)
                : path.AsSpan(start).IndexOfAny('.', '[') is var next and >= 0 ? start + next : path.Length;
            pointer.Append('/').Append(path.AsSpan(start, end - start).ToString().Replace("~", "~0").Replace("/", "~1"));
            i = isQuoted ? end + 2 : path[i] == '[' ? end + 1 : end;
        }

        return pointer.ToString();
    }

    /// <summary>One sentence for the caller, without the CLR's type names.</summary>
    public static string Explain(JsonException exception)
    {
        var message = exception.Message;
        var where = exception.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {(exception.BytePositionInLine ?? 0) + 1})")
            : string.Empty;
        if (message.Contains(Missing, StringComparison.Ordinal))
        {
            return $"required members are missing: {string.Join(", ", MissingMembers(message))}.";
        }

        const string Converted = "could not be converted to ";
        var converted = message.IndexOf(Converted, StringComparison.Ordinal);
        if (converted >= 0)
        {
            var type = message[(converted + Converted.Length)..].Split(['.', ' ', '`', '['], StringSplitOptions.RemoveEmptyEntries);
            var wanted = string.Join('.', type) switch
            {
                var text when text.Contains("Double", StringComparison.Ordinal) || text.Contains("Single", StringComparison.Ordinal) => "a number",
                var text when text.Contains("Int32", StringComparison.Ordinal) || text.Contains("Int64", StringComparison.Ordinal) => "an integer",
                var text when text.Contains("Boolean", StringComparison.Ordinal) => "true or false",
                var text when text.Contains("System.String", StringComparison.Ordinal) => "a string",
                _ => "a value of the documented type",
            };
            return $"must be {wanted}{where}.";
        }

        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return $"is not a member of this request{where}.";
        }

        var end = message.IndexOf(" Path:", StringComparison.Ordinal);
        var plain = (end < 0 ? message : message[..end]).Trim();
        return $"is not valid JSON: {plain.TrimEnd('.')}{where}.";
    }

    private static IEnumerable<string> MissingMembers(string message) =>
        message[(message.IndexOf(':', message.IndexOf(Missing, StringComparison.Ordinal)) + 1)..]
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(name => name.TrimEnd('.').Trim('\''));
}
