using System.Text.Json;

namespace Telecom.Modeling.Checkpoints;

/// <summary>Typed members of a JSON object; a wrong one becomes a line in a list of problems. JSON null counts as absent.</summary>
internal sealed class JsonMembers(JsonElement element, string place, List<string> problems)
{
    /// <summary>Whether the object has no members.</summary>
    public bool IsEmpty => !element.EnumerateObject().Any();

    public void Add(string problem) => problems.Add($"{place}: {problem}");

    public bool Has(string name) => Find(name) is not null;

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

    /// <summary>Adds a problem unless the member, or <paramref name="fallback"/> in its absence, is <paramref name="supported"/>.</summary>
    public void RequireText(string name, string? fallback, string supported)
    {
        var found = problems.Count;
        var text = Text(name, fallback);
        if (text is null && problems.Count == found)
        {
            Missing(name);
        }
        else if (text is not null && text != supported)
        {
            Add($"{name} '{CheckpointFormatException.Show(text)}' is not supported; supported is '{supported}'");
        }
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
