using System.Diagnostics.CodeAnalysis;

namespace Telecom.Host.Access;

/// <summary>Scopes as keys, tokens and messages write them.</summary>
internal static class ScopeNames
{
    private static readonly (string Name, Scopes Scope)[] Pairs =
    [
        ("read", Scopes.Read),
        ("predict", Scopes.Predict),
        ("jobs.write", Scopes.JobsWrite),
        ("plugins.admin", Scopes.PluginsAdmin),
        ("models.write", Scopes.ModelsWrite),
        ("admin", Scopes.Admin),
    ];

    /// <summary>All names, for messages.</summary>
    public static string All { get; } = string.Join(", ", Pairs.Select(pair => pair.Name));

    /// <returns>Whether the caller who has these may do what needs <paramref name="needed"/>.</returns>
    public static bool Allow(this Scopes scopes, Scopes needed) => needed == Scopes.None || (scopes & (needed | Scopes.Admin)) != 0;

    /// <returns>The names of the scopes, in the order of the documentation.</returns>
    public static string[] Names(this Scopes scopes) => [.. Pairs.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Name)];

    /// <returns>The name of one scope.</returns>
    public static string Name(this Scopes scope) => Array.Find(Pairs, pair => pair.Scope == scope).Name;

    /// <summary>Reads names that spaces separate, as OAuth 2.0 writes them; unknown ones mean nothing to this host.</summary>
    public static Scopes ReadKnown(string text)
    {
        var scopes = Scopes.None;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            scopes |= TryRead(word, out var scope) ? scope.Value : Scopes.None;
        }

        return scopes;
    }

    /// <returns>Whether <paramref name="name"/> is a scope of this host.</returns>
    public static bool TryRead(string name, [NotNullWhen(true)] out Scopes? scope)
    {
        var at = Array.FindIndex(Pairs, pair => pair.Name == name);
        scope = at < 0 ? null : Pairs[at].Scope;
        return at >= 0;
    }
}
