using Telecom.Jobs.Storage;

namespace Telecom.Host.Access;

/// <summary>A key as it is shown: never with its secret.</summary>
internal record KeyDocument
{
    public required string Id { get; init; }

    /// <summary>What the key begins with, to find it in a configuration.</summary>
    public required string Prefix { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string State { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? ExpiresAt { get; init; }

    /// <summary>Latest use; null for none.</summary>
    public required DateTime? LastUsedAt { get; init; }

    public required DateTime? RevokedAt { get; init; }

    /// <summary>Rows that it may ask for in a day (UTC); null for what the host's setting says.</summary>
    public required long? RowsPerDay { get; init; }

    /// <returns>What may be shown of a key.</returns>
    public static KeyDocument Of(StoredKey key, DateTimeOffset? lastUsedAt, DateTimeOffset now) => new()
    {
        Id = key.Id,
        Prefix = KeyText.Prefix(key.Id),
        Name = key.Name,
        Scopes = ScopeNames.ReadKnown(key.Scopes).Names(),
        State = StateOf(key, now),
        CreatedAt = key.CreatedAt.UtcDateTime,
        ExpiresAt = key.ExpiresAt?.UtcDateTime,
        LastUsedAt = lastUsedAt?.UtcDateTime,
        RevokedAt = key.RevokedAt?.UtcDateTime,
        RowsPerDay = key.RowsPerDay,
    };

    private static string StateOf(StoredKey key, DateTimeOffset now) => key switch
    {
        { RevokedAt: not null } => "revoked",
        { ExpiresAt: { } end } when end <= now => "expired",
        _ => "active",
    };
}
