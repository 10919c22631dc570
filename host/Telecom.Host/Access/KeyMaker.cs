using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;

namespace Telecom.Host.Access;

/// <summary>Makes keys.</summary>
internal static class KeyMaker
{
    private const int LongestName = 100;

    /// <summary>What a key may do when nothing else is asked for.</summary>
    public static readonly IReadOnlyList<string> DefaultScopes = (Scopes.Read | Scopes.Predict).Names();

    /// <summary>Makes a key; nothing is stored yet.</summary>
    /// <param name="wish">What it shall be.</param>
    /// <param name="now">Time.</param>
    /// <returns>What to store, and the whole key, which is shown once and kept by nobody here.</returns>
    /// <exception cref="InvalidInputException">Names the members that are wrong.</exception>
    public static (StoredKey Stored, string Key) Make(NewKeyDocument wish, DateTimeOffset now)
    {
        var errors = new InputErrors();
        var name = wish.Name?.Trim() ?? string.Empty;
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            errors.Add("/name", $"must have 1 to {LongestName} characters, none of them a control character.");
        }

        if (wish.ExpiresAt <= now)
        {
            errors.Add("/expiresAt", "must lie in the future.");
        }

        if (wish.RowsPerDay < 0)
        {
            errors.Add("/rowsPerDay", "must not be negative.");
        }

        var scopes = ReadScopes(wish.Scopes ?? DefaultScopes, errors);
        errors.ThrowIfAny();
        var (id, secret) = (KeyText.NewId(), KeyText.NewSecret());
        var hash = new byte[KeyText.HashBytes];
        KeyText.Hash(secret, hash);
        var stored = new StoredKey
        {
            Id = id,
            Name = name,
            Scopes = string.Join(' ', scopes.Names()),
            SecretHash = hash,
            CreatedAt = now,
            ExpiresAt = wish.ExpiresAt?.ToUniversalTime(),
            RowsPerDay = wish.RowsPerDay,
        };
        return (stored, KeyText.Write(id, secret));
    }

    private static Scopes ReadScopes(IReadOnlyList<string> names, InputErrors errors)
    {
        var scopes = Scopes.None;
        for (var i = 0; i < names.Count; i++)
        {
            if (ScopeNames.TryRead(names[i], out var scope))
            {
                scopes |= scope.Value;
            }
            else
            {
                errors.Add(FormattableString.Invariant($"/scopes/{i}"), $"must be one of {ScopeNames.All}.");
            }
        }

        if (names.Count == 0)
        {
            errors.Add("/scopes", $"must name at least one of {ScopeNames.All}.");
        }

        return scopes;
    }
}
