namespace Telecom.Host.Access;

/// <summary>How a request says who sent it.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Text">The key or token; never logged.</param>
internal readonly record struct Credential(CredentialKind Kind, string Text)
{
    /// <summary>Header of a key, for clients that cannot set <c>Authorization</c>.</summary>
    public const string KeyHeader = "X-Api-Key";

    private const string Bearer = "Bearer ";

    public static Credential Read(IHeaderDictionary headers)
    {
        var authorization = headers.Authorization;
        if (authorization.Count > 0)
        {
            return authorization is [{ } text] && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? OfBearer(text[Bearer.Length..].Trim())
                : new(CredentialKind.Unreadable, string.Empty);
        }

        return !headers.TryGetValue(KeyHeader, out var keys) ? new(CredentialKind.None, string.Empty)
            : keys is [{ Length: > 0 } key] ? new(CredentialKind.Key, key)
            : new(CredentialKind.Unreadable, string.Empty);
    }

    // The text stays out of whatever prints records.
    public override string ToString() => Kind.ToString();

    private static Credential OfBearer(string text) => text.StartsWith(KeyText.Start, StringComparison.Ordinal)
        ? new(CredentialKind.Key, text)
        : new(text.Length == 0 ? CredentialKind.Unreadable : CredentialKind.Token, text);
}
