using Telecom.Jobs.Storage;

namespace Telecom.Host.Access;

/// <summary>A key as the host checks it.</summary>
internal sealed class KeyEntry(StoredKey stored, Caller caller)
{
    private readonly byte[] hash = stored.SecretHash.ToArray();

    /// <summary>The key in the store.</summary>
    public StoredKey Stored => stored;

    /// <summary>Who comes with it.</summary>
    public Caller Caller => caller;

    /// <summary>SHA-256 of its secret.</summary>
    public ReadOnlySpan<byte> Hash => hash;

    /// <summary>Latest use; null for none.</summary>
    public DateTimeOffset? LastUsedAt => caller.Budget?.LastUsed ?? stored.LastUsedAt;

    /// <returns>Whether whoever knows the secret is let in.</returns>
    public KeyVerdict Judge(DateTimeOffset now) => stored switch
    {
        { RevokedAt: not null } => KeyVerdict.Revoked,
        { ExpiresAt: { } end } when end <= now => KeyVerdict.Expired,
        _ => KeyVerdict.Good,
    };
}
