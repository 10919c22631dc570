using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Storage;

/// <summary>Keys, what was used with them, and the audit trail, in the file of a <see cref="TelecomStore"/>. Safe to call from any thread.</summary>
/// <remarks>Every member fails with <see cref="ErrorCode.DataRejected"/> where the file cannot be read or written.</remarks>
public sealed class AccessStore
{
    // Days whose counts are kept, for whoever wonders what happened last week.
    private const int KeptDays = 31;

    private readonly string path;
    private readonly PooledDbContextFactory<StoreContext> contexts;
    private readonly SemaphoreSlim writers;

    internal AccessStore(string path, PooledDbContextFactory<StoreContext> contexts, SemaphoreSlim writers)
    {
        this.path = path;
        this.contexts = contexts;
        this.writers = writers;
    }

    /// <returns>All keys, also revoked and expired ones, oldest first.</returns>
    public Task<List<StoredKey>> ListKeysAsync(CancellationToken cancellationToken) => ReadAsync(
        context => context.Keys.OrderBy(key => key.CreatedAt).ThenBy(key => key.Id).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Adds a key and notes who did.</summary>
    public Task AddKeyAsync(StoredKey key, AuditEntry? note, CancellationToken cancellationToken) => WriteAsync(
        async context =>
        {
            context.Add(key);
            if (note is not null)
            {
                context.Add(note);
            }

            return await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Takes a key back; one that is taken back already stays as it is.</summary>
    /// <returns>Whether there is such a key.</returns>
    public Task<bool> RevokeKeyAsync(string id, DateTimeOffset at, AuditEntry? note, CancellationToken cancellationToken) => WriteAsync(
        async context =>
        {
            if (!await context.Keys.AnyAsync(key => key.Id == id, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            await context.Keys.Where(key => key.Id == id && key.RevokedAt == null)
                .ExecuteUpdateAsync(key => key.SetProperty(row => row.RevokedAt, at), cancellationToken).ConfigureAwait(false);
            if (note is not null)
            {
                context.Add(note);
                await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    /// <summary>Notes when keys were used, and adds rows to those of the day.</summary>
    /// <param name="uses">Id of a key and its latest use; ids that are no keys are passed over.</param>
    /// <param name="rows">Rows since the last call.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    public Task SaveUsageAsync(
        IReadOnlyCollection<(string Id, DateTimeOffset At)> uses, IReadOnlyCollection<DailyRows> rows, CancellationToken cancellationToken) => WriteAsync(
        async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            foreach (var (id, at) in uses)
            {
                var microseconds = UnixMicroseconds.From(at);
                await context.Database.ExecuteSqlAsync(
                    $"UPDATE api_keys SET last_used_at = max(coalesce(last_used_at, 0), {microseconds}) WHERE id = {id}", CancellationToken.None)
                    .ConfigureAwait(false);
            }

            foreach (var used in rows)
            {
                await context.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO daily_rows (caller, day, rows) VALUES ({used.Caller}, {used.Day.DayNumber}, {used.Rows})
                    ON CONFLICT (caller, day) DO UPDATE SET rows = rows + excluded.rows
                    """,
                    CancellationToken.None).ConfigureAwait(false);
                await context.DailyRows.Where(row => row.Caller == used.Caller && row.Day < used.Day.AddDays(-KeptDays))
                    .ExecuteDeleteAsync(CancellationToken.None).ConfigureAwait(false);
            }

            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <returns>Rows of every caller of that day.</returns>
    public Task<List<DailyRows>> ListRowsAsync(DateOnly day, CancellationToken cancellationToken) =>
        ReadAsync(context => context.DailyRows.Where(row => row.Day == day).ToListAsync(cancellationToken), cancellationToken);

    /// <summary>Adds an entry to the audit trail.</summary>
    public Task AddAuditAsync(AuditEntry entry, CancellationToken cancellationToken) => WriteAsync(
        context =>
        {
            context.Add(entry);
            return context.SaveChangesAsync(cancellationToken);
        },
        cancellationToken);

    /// <param name="limit">Entries at most.</param>
    /// <param name="before"><see cref="AuditPage.Next"/> of the page before; null for the newest.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>One page, newest first.</returns>
    public async Task<AuditPage> ListAuditAsync(int limit, long? before, CancellationToken cancellationToken)
    {
        var bound = before ?? long.MaxValue;
        var rows = await ReadAsync(
            context => context.Audit.Where(entry => entry.Sequence < bound)
                .OrderByDescending(entry => entry.Sequence).Take(limit + 1).ToListAsync(cancellationToken),
            cancellationToken).ConfigureAwait(false);

        // The extra row only tells whether another page follows.
        return rows.Count <= limit ? new(rows, null) : new(rows[..limit], rows[limit - 1].Sequence);
    }

    private async Task<T> ReadAsync<T>(Func<StoreContext, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            return await read(context).ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw StoreErrors.Explain(path, exception);
        }
    }

    private async Task<T> WriteAsync<T>(Func<StoreContext, Task<T>> write, CancellationToken cancellationToken)
    {
        await writers.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            return await write(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (TelecomStore.Cause(exception) is { } cause)
        {
            throw StoreErrors.Explain(path, cause);
        }
        finally
        {
            writers.Release();
        }
    }
}
