namespace Telecom.Jobs.Storage;

/// <summary>An API key as the store keeps it: everything but its secret.</summary>
public sealed record StoredKey
{
    /// <summary>Public part of the key, which finds it.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Scopes, separated by spaces.</summary>
    public required string Scopes { get; init; }

    /// <summary>SHA-256 of the secret part, 32 bytes.</summary>
    public required ReadOnlyMemory<byte> SecretHash { get; init; }

    /// <summary>When it was made; the store keeps microseconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends to count; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Latest use, some seconds behind; null for none.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When it was taken back; null for not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Rows that it may ask for in a day (UTC); null for the host's setting.</summary>
    public long? RowsPerDay { get; init; }
}
