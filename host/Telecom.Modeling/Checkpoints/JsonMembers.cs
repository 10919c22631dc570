using System.Text.Json;

namespace Telecom.Modeling.Checkpoints;

/// <summary>Typed members of a JSON object; a wrong one becomes a line in a list of problems. JSON null counts as absent.</summary>
internal sealed class JsonMembers(JsonElement element, string place, List<string> problems)
{
    /// <summary>Whether the object has no members.</summary>
    public bool IsEmpty => !element.EnumerateObject().Any();

    public void Add(string problem) => problems.Add($"{place}: {problem}");

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether the member is spelled out as null, which can mean something else than its absence.</summary>
    public bool IsNull(string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <param name="name">Member.</param>
    /// <param name="fallback">Value of an absent member; null when the member is required.</param>
    public int Integer(string name, int? fallback)
    {
        if (Find(name) is not { } value)
        {
            return fallback ?? (int)Missing(name);
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var integer))
        {
            return integer;
        }

        Add($"{name} must be an integer, found {Show(value)}");
        return 0;
    }

    /// <inheritdoc cref="Integer"/>
    public double Number(string name, double? fallback)
    {
        if (Find(name) is not { } value)
        {
            return fallback ?? Missing(name);
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
        {
            return number;
        }

        Add($"{name} must be a number, found {Show(value)}");
        return 0;
    }

    public bool Flag(string name, bool fallback)
    {
        if (Find(name) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Add($"{name} must be true or false, found {Show(value)}");
        return fallback;
    }

    public string? Text(string name, string? fallback)
    {
        if (Find(name) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Add($"{name} must be a string, found {Show(value)}");
        return fallback;
    }

    /// <returns>The text; empty, with a problem, when it is missing.</returns>
    public string RequiredText(string name)
    {
        if (!Has(name))
        {
            Missing(name);
        }

        return Text(name, null) ?? "";
    }

    /// <summary>Adds a problem unless the member, or <paramref name="fallback"/> in its absence, is one of <paramref name="supported"/>.</summary>
    /// <returns>The supported text; null with a problem.</returns>
    public string? RequireText(string name, string? fallback, params ReadOnlySpan<string> supported)
    {
        var found = problems.Count;
        var text = Text(name, fallback);
        if (text is null && problems.Count == found)
        {
            Missing(name);
        }
        else if (text is not null && !supported.Contains(text))
        {
            var list = string.Join(", ", supported.ToArray().Select(known => $"'{known}'"));
            Add($"{name} '{CheckpointFormatException.Show(text)}' is not supported; supported {(supported.Length == 1 ? "is" : "are")} {list}");
            return null;
        }

        return text;
    }

    /// <summary>The distinct texts of an array; empty, without a problem, when it is absent.</summary>
    public IReadOnlySet<string> Texts(string name)
    {
        if (Find(name) is not { } value)
        {
            return new HashSet<string>();
        }

        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String))
        {
            return value.EnumerateArray().Select(text => text.GetString()!).ToHashSet(StringComparer.Ordinal);
        }

        Add($"{name} must be an array of strings");
        return new HashSet<string>();
    }

    public JsonMembers? Object(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new JsonMembers(value, $"{place}: {name}", problems);
        }

        Add($"{name} must be an object, found {Show(value)}");
        return null;
    }

    private static string Show(JsonElement value) => CheckpointFormatException.Show(value.GetRawText());

    private double Missing(string name)
    {
        Add($"{name} is missing");
        return 0;
    }

    private JsonElement? Find(string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
