namespace Telecom.Client.Documents;

/// <summary>An API key as it is shown: never with its secret.</summary>
public sealed record KeyInfo
{
    /// <summary>Id of the key.</summary>
    public required string Id { get; init; }

    /// <summary>What the key begins with, to find it in a configuration.</summary>
    public required string Prefix { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do, e.g. <c>read</c> or <c>predict</c>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string State { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends to count; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Latest use; null for none.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When it was taken back; null where it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Rows that it may ask for in a day (UTC); null for what the host's setting says.</summary>
    public long? RowsPerDay { get; init; }

    /// <summary>The whole key, in the answer that made it and never again; null in all others. Keep it where secrets are kept.</summary>
    public string? Key { get; init; }
}
