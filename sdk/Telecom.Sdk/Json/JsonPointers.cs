using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Telecom.Sdk.Json;

/// <summary>Turns the paths and messages of System.Text.Json into what a caller needs to find his mistake.</summary>
public static class JsonPointers
{
    /// <param name="path">A path such as <c>$.samples[3].pitch</c> or <c>$['a b']</c>; null for none.</param>
    /// <returns>The JSON pointer, e.g. <c>/samples/3/pitch</c>.</returns>
    public static string FromPath(string? path)
    {
        var pointer = new StringBuilder();
        path ??= string.Empty;
        for (var i = 1; i < path.Length;)
        {
            var isQuoted = path.AsSpan(i).StartsWith("['", StringComparison.Ordinal);
            var start = isQuoted ? i + 2 : i + 1;
            var end = isQuoted ? EndOfQuoted(path, start)
                : path[i] == '[' ? IndexOrLength(path, "]", start)
                : path.AsSpan(start).IndexOfAny('.', '[') is var next and >= 0 ? start + next : path.Length;
            pointer.Append('/').Append(Escape(path[start..end]));
            i = isQuoted ? end + 2 : path[i] == '[' ? end + 1 : end;
        }

        return pointer.ToString();
    }

    /// <summary>One step of a pointer, RFC 6901 section 3: <c>~</c> and <c>/</c> are written <c>~0</c> and <c>~1</c>.</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>One sentence for the caller, without the CLR's type names.</summary>
    public static string Explain(JsonException exception)
    {
        var message = exception.Message;
        var where = exception.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {(exception.BytePositionInLine ?? 0) + 1})")
            : string.Empty;
        if (message.Contains("missing required properties", StringComparison.Ordinal))
        {
            var names = message[(message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.');
            return $"required members are missing: {names}.";
        }

        const string Converted = "could not be converted to ";
        var converted = message.IndexOf(Converted, StringComparison.Ordinal);
        if (converted >= 0)
        {
            var type = message[(converted + Converted.Length)..].Split(' ')[0].TrimEnd('.');
            var wanted = type switch
            {
                "System.Double" or "System.Single" => "a number",
                "System.Int32" or "System.Int64" => "an integer",
                "System.Boolean" => "true or false",
                "System.String" => "a string",
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

    // Quotes inside a name are not escaped: only a closing one that another step or the end follows ends the name.
    private static int EndOfQuoted(string path, int start)
    {
        var end = IndexOrLength(path, "']", start);
        while (end + 2 < path.Length && path[end + 2] is not ('.' or '['))
        {
            end = IndexOrLength(path, "']", end + 1);
        }

        return end;
    }

    private static int IndexOrLength(string path, string text, int start) =>
        path.IndexOf(text, start, StringComparison.Ordinal) is var index and >= 0 ? index : path.Length;
}
