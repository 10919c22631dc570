using System.Text.Json.Serialization;

namespace Telecom.Modeling.Bundles;

/// <summary>Modules as PEFT configurations name them: a list of names, or one regular expression over the whole path.</summary>
[JsonConverter(typeof(PeftModulesConverter))]
internal sealed record PeftModules
{
    /// <summary>Names; a module matches when its path is the name or ends with a dot and the name. Null when there is a pattern.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Regular expression; null when there are names.</summary>
    public string? Pattern { get; init; }

    /// <summary>Nothing is named.</summary>
    public bool IsEmpty => Names is { Count: 0 } || Pattern is "";
}
