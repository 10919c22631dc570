using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Telecom.Sdk.Testing;

/// <summary>Compares JSON as values: members in any order, numbers with a tolerance.</summary>
public static class JsonDifference
{
    /// <param name="expected">What should be there.</param>
    /// <param name="actual">What is there.</param>
    /// <param name="tolerance">How far numbers a and b may differ, |a − b| ≤ tolerance · max(1, |a|, |b|); 0 or more.</param>
    /// <returns>The first difference with its JSON pointer; null where there is none.</returns>
    public static string? Find(JsonNode? expected, JsonNode? actual, double tolerance = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        return Find(expected, actual, tolerance, string.Empty);
    }

    private static string? Find(JsonNode? expected, JsonNode? actual, double tolerance, string pointer) => (expected, actual) switch
    {
        (null, null) => null,
        (JsonObject wanted, JsonObject found) => Members(wanted, found, tolerance, pointer),
        (JsonArray wanted, JsonArray found) => Items(wanted, found, tolerance, pointer),
        (JsonValue wanted, JsonValue found) when IsNumber(wanted) && IsNumber(found) => Numbers(wanted, found, tolerance, pointer),
        (JsonValue wanted, JsonValue found) when JsonNode.DeepEquals(wanted, found) => null,
        _ => $"{Place(pointer)} is {Text(actual)} instead of {Text(expected)}",
    };

    private static string? Members(JsonObject wanted, JsonObject found, double tolerance, string pointer)
    {
        foreach (var (name, value) in wanted)
        {
            if (!found.TryGetPropertyValue(name, out var other))
            {
                return $"{Place(pointer)} has no member '{name}'";
            }

            if (Find(value, other, tolerance, $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}") is { } difference)
            {
                return difference;
            }
        }

        var extra = found.Select(member => member.Key).FirstOrDefault(name => !wanted.ContainsKey(name));
        return extra is null ? null : $"{Place(pointer)} has the member '{extra}' too many";
    }

    private static string? Items(JsonArray wanted, JsonArray found, double tolerance, string pointer)
    {
        if (wanted.Count != found.Count)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Place(pointer)} has {found.Count} items instead of {wanted.Count}");
        }

        for (var i = 0; i < wanted.Count; i++)
        {
            if (Find(wanted[i], found[i], tolerance, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{i}")) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? Numbers(JsonValue wanted, JsonValue found, double tolerance, string pointer)
    {
        if (wanted.ToJsonString() == found.ToJsonString())
        {
            return null;
        }

        var (a, b) = (Double(wanted), Double(found));
        var allowed = tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));
        var isSame = a == b ? !AreIntegers(wanted, found) : tolerance > 0 && Math.Abs(a - b) <= allowed;
        return isSame ? null : $"{Place(pointer)} is {Text(found)} instead of {Text(wanted)}";
    }

    private static double Double(JsonValue value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    // Of two texts that differ, integers are different numbers even where doubles cannot tell them apart.
    private static bool AreIntegers(JsonValue wanted, JsonValue found) => IsInteger(wanted) && IsInteger(found);

    private static bool IsInteger(JsonValue value) => !value.ToJsonString().AsSpan().ContainsAny(".eE");

    private static bool IsNumber(JsonValue value) => value.GetValueKind() is JsonValueKind.Number;

    private static string Place(string pointer) => pointer.Length == 0 ? "the document" : pointer;

    private static string Text(JsonNode? node)
    {
        const int Shown = 80;
        var text = node?.ToJsonString() ?? "null";
        return text.Length <= Shown ? text : text[..Shown] + "…";
    }
}
