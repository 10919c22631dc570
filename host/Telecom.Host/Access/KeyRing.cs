using System.Security.Cryptography;
using Telecom.Jobs.Storage;

namespace Telecom.Host.Access;

/// <summary>All keys in memory, so that checking one touches no disk.</summary>
/// <remarks>
/// Keys that this host makes or takes back count at once. What another process changes in the store is seen when <see cref="LoadAsync"/> runs next,
/// or when somebody shows a key that is not known here.
/// </remarks>
internal sealed class KeyRing(AccessStore store, CallerLedger ledger, AccessSettings settings, TimeProvider time) : IDisposable
{
    // A caller with a wrong key makes the host read the store no more often than this.
    private static readonly TimeSpan ReadingPause = TimeSpan.FromSeconds(1);

    // Compared where no key has the id, so that the time of an answer does not tell which ids there are.
    private static readonly byte[] NoHash = new byte[KeyText.HashBytes];

    private readonly SemaphoreSlim gate = new(1, 1);
    private Dictionary<string, KeyEntry> keys = new(StringComparer.Ordinal);
    private long readAt;

    /// <summary>All keys, also those that do not count any more, oldest first.</summary>
    public IEnumerable<KeyEntry> All => Volatile.Read(ref keys).Values.OrderBy(key => key.Stored.CreatedAt).ThenBy(key => key.Stored.Id, StringComparer.Ordinal);

    /// <returns>The key of that id; null when there is none.</returns>
    public KeyEntry? Get(string id) => Volatile.Read(ref keys).GetValueOrDefault(id);

    /// <summary>Checks a key.</summary>
    /// <param name="text">The whole key.</param>
    /// <param name="now">Time.</param>
    /// <param name="caller">Whose it is, where it is good.</param>
    public KeyVerdict Find(ReadOnlySpan<char> text, DateTimeOffset now, out Caller? caller)
    {
        caller = null;
        if (!KeyText.TryRead(text, out var id, out var secret))
        {
            return KeyVerdict.Unknown;
        }

        Span<byte> hash = stackalloc byte[KeyText.HashBytes];
        KeyText.Hash(secret, hash);
        Volatile.Read(ref keys).GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var entry);
        if (!CryptographicOperations.FixedTimeEquals(hash, entry is null ? NoHash : entry.Hash) || entry is null)
        {
            return KeyVerdict.Unknown;
        }

        var verdict = entry.Judge(now);
        caller = verdict == KeyVerdict.Good ? entry.Caller : null;
        return verdict;
    }

    /// <summary>Checks a key that was not found, after reading the store again if that is not too long ago.</summary>
    public async ValueTask<(KeyVerdict Verdict, Caller? Caller)> FindAgainAsync(string text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (KeyText.TryRead(text, out _, out _) && time.GetElapsedTime(Volatile.Read(ref readAt)) >= ReadingPause)
        {
            await LoadAsync(cancellationToken);
        }

        return (Find(text, now, out var caller), caller);
    }

    /// <summary>Reads the store.</summary>
    public Task LoadAsync(CancellationToken cancellationToken) => ChangeAsync(_ => Task.FromResult(true), cancellationToken);

    /// <summary>Adds a key, which counts from then on.</summary>
    public Task AddAsync(StoredKey key, CancellationToken cancellationToken) => ChangeAsync(
        async token =>
        {
            await store.AddKeyAsync(key, null, token);
            return true;
        },
        cancellationToken);

    /// <summary>Takes a key back; requests that run finish.</summary>
    /// <returns>Whether there is such a key.</returns>
    public Task<bool> RevokeAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync(token => store.RevokeKeyAsync(id, time.GetUtcNow(), null, token), cancellationToken);

    public void Dispose() => gate.Dispose();

    // One at a time: a reading that began before a key was taken back must not end after it.
    private async Task<bool> ChangeAsync(Func<CancellationToken, Task<bool>> change, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var isDone = await change(cancellationToken);
            Volatile.Write(ref readAt, time.GetTimestamp());
            var rows = await store.ListKeysAsync(CancellationToken.None);
            Volatile.Write(ref keys, rows.ToDictionary(row => row.Id, Enter, StringComparer.Ordinal));
            return isDone;
        }
        finally
        {
            gate.Release();
        }
    }

    private KeyEntry Enter(StoredKey key) =>
        new(key, new(key.Id, key.Name, ScopeNames.ReadKnown(key.Scopes), key.RowsPerDay ?? settings.RowsPerDay, ledger.Of(key.Id)));
}
