using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Storage;

/// <summary>
/// Remembers answers by idempotency key, in the file of a <see cref="TelecomStore"/>, so that a request that is sent again is not carried out again,
/// not even after a restart. Safe to call from any thread and process.
/// </summary>
/// <remarks>
/// Whoever works on a request holds a lease and renews it; the lease of a process that died runs out, and the request can be sent again. Every
/// member fails with <see cref="ErrorCode.DataRejected"/> where the file cannot be read or written.
/// </remarks>
public sealed class IdempotencyStore
{
    /// <summary>How long an answer is remembered.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    /// <summary>How long a request is reserved for its owner without being renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly string path;
    private readonly PooledDbContextFactory<StoreContext> contexts;
    private readonly SemaphoreSlim writers;
    private readonly TimeProvider time;

    internal IdempotencyStore(string path, PooledDbContextFactory<StoreContext> contexts, SemaphoreSlim writers, TimeProvider time)
    {
        this.path = path;
        this.contexts = contexts;
        this.writers = writers;
        this.time = time;
    }

    /// <summary>Reserves a request for <paramref name="owner"/>, unless it is answered or being worked on.</summary>
    /// <param name="id">What caller, address and key are reduced to.</param>
    /// <param name="fingerprint">What the request is reduced to.</param>
    /// <param name="owner">New for every attempt.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    public Task<IdempotencyClaim> ClaimAsync(string id, string fingerprint, Guid owner, CancellationToken cancellationToken) => WriteAsync(
        async context =>
        {
            var now = time.GetUtcNow();
            var oldest = now - Retention;
            await context.Idempotency.Where(row => row.CreatedAt <= oldest && row.LeasedUntil <= now).ExecuteDeleteAsync(CancellationToken.None)
                .ConfigureAwait(false);
            var known = await context.Idempotency.FirstOrDefaultAsync(row => row.Id == id, CancellationToken.None).ConfigureAwait(false);
            if (known?.Answer is not null || known?.LeasedUntil > now)
            {
                return known.Fingerprint != fingerprint ? new(IdempotencyState.Mismatch, null)
                    : known.Answer is null ? new IdempotencyClaim(IdempotencyState.InFlight, null)
                    : new(IdempotencyState.Answered, known.Answer);
            }

            var record = new IdempotencyRecord { Id = id, Fingerprint = fingerprint, Owner = owner, CreatedAt = now, LeasedUntil = now + Lease };
            context.Entry(record).State = known is null ? EntityState.Added : EntityState.Modified;
            await context.SaveChangesAsync(CancellationToken.None).ConfigureAwait(false);
            return new(IdempotencyState.Granted, null);
        },
        cancellationToken);

    /// <summary>Keeps a request reserved.</summary>
    public Task RenewAsync(string id, Guid owner, CancellationToken cancellationToken) => WriteAsync(
        context =>
        {
            var until = time.GetUtcNow() + Lease;
            return context.Idempotency.Where(row => row.Id == id && row.Owner == owner && row.Answer == null)
                .ExecuteUpdateAsync(row => row.SetProperty(record => record.LeasedUntil, until), CancellationToken.None);
        },
        cancellationToken);

    /// <summary>Remembers the answer.</summary>
    public Task CompleteAsync(string id, Guid owner, byte[] answer, CancellationToken cancellationToken) => WriteAsync(
        context => context.Idempotency.Where(row => row.Id == id && row.Owner == owner)
            .ExecuteUpdateAsync(row => row.SetProperty(record => record.Answer, answer), CancellationToken.None),
        cancellationToken);

    /// <summary>Forgets a request that made nothing: it may be sent again.</summary>
    public Task ReleaseAsync(string id, Guid owner, CancellationToken cancellationToken) => WriteAsync(
        context => context.Idempotency.Where(row => row.Id == id && row.Owner == owner && row.Answer == null)
            .ExecuteDeleteAsync(CancellationToken.None),
        cancellationToken);

    private async Task<T> WriteAsync<T>(Func<StoreContext, Task<T>> write, CancellationToken cancellationToken)
    {
        await writers.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);

            // Immediate with SQLite: from here on no other process reads what this one is about to change.
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            var result = await write(context).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return result;
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
