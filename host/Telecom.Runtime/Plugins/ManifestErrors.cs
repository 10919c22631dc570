using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Telecom.Sdk.Errors;

namespace Telecom.Runtime.Plugins;

/// <summary>Reads members of a manifest and collects everything that is wrong with them.</summary>
internal sealed class ManifestErrors
{
    private readonly List<string> errors = [];

    public void Require(bool condition, string error)
    {
        if (!condition)
        {
            errors.Add(error);
        }
    }

    public string Text(string name, JsonElement element)
    {
        var text = element.ValueKind is JsonValueKind.String ? element.GetString()! : string.Empty;
        if (element.ValueKind is JsonValueKind.Undefined)
        {
            errors.Add($"{name} is missing.");
        }
        else if (text.Length == 0)
        {
            errors.Add($"{name} must be a non-empty string.");
        }

        return text;
    }

    public string Matching(string name, JsonElement element, Regex pattern, string wanted)
    {
        var text = Text(name, element);
        if (text.Length == 0 || pattern.IsMatch(text))
        {
            return text;
        }

        errors.Add($"{name} is '{text}'; it must be {wanted}.");
        return string.Empty;
    }

    /// <returns>Index of the value in <paramref name="allowed"/>; −1 when it is none of them.</returns>
    public int Choice(string name, JsonElement element, ReadOnlySpan<string> allowed)
    {
        var text = Text(name, element);
        var index = allowed.IndexOf(text);
        if (index < 0 && text.Length > 0)
        {
            errors.Add($"{name} is '{text}'; it must be one of {string.Join(", ", allowed.ToArray())}.");
        }

        return index;
    }

    public int? Integer(string name, JsonElement element, int minimum)
    {
        if (element.ValueKind is JsonValueKind.Undefined)
        {
            return null;
        }

        if (element.ValueKind is JsonValueKind.Number && element.TryGetInt32(out var value) && value >= minimum)
        {
            return value;
        }

        errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be an integer of at least {minimum}."));
        return null;
    }

    public IEnumerable<(JsonElement Item, string Name)> Items(string name, JsonElement element, bool isRequired)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            return element.EnumerateArray().Select((item, index) => (item, string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]")));
        }

        Require(element.ValueKind is not JsonValueKind.Undefined || !isRequired, $"{name} is missing.");
        Require(element.ValueKind is JsonValueKind.Undefined, $"{name} must be an array.");
        return [];
    }

    /// <returns>The named members in order; those that are absent are undefined.</returns>
    public JsonElement[] Members(string name, JsonElement element, List<string> unknown, params ReadOnlySpan<string> known)
    {
        var members = new JsonElement[known.Length];
        if (element.ValueKind is not JsonValueKind.Object)
        {
            errors.Add($"{name} must be an object.");
            return members;
        }

        foreach (var member in element.EnumerateObject())
        {
            var index = known.IndexOf(member.Name);
            if (index >= 0)
            {
                members[index] = member.Value;
            }
            else
            {
                unknown.Add($"{name}.{member.Name}");
            }
        }

        return members;
    }

    public void ThrowIfAny(string path)
    {
        if (errors.Count > 0)
        {
            throw new TelecomException(ErrorCode.ManifestInvalid, $"'{path}' is not a valid manifest: {string.Join(' ', errors)}");
        }
    }
}
