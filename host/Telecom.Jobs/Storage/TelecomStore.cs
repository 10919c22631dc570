using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Telecom.Sdk.Errors;
using Telecom.Sdk.Json;

namespace Telecom.Jobs.Storage;

/// <summary>Predictions, keys and audit trail in one SQLite file. Safe to call from any thread; several processes may share the file.</summary>
public sealed class TelecomStore : IAsyncDisposable
{
    // Checking every page of a large file would hold up the start by seconds; its header and schema are read in any case.
    private const long CheckedFileBytes = 64L << 20;

    private readonly string connectionString;
    private readonly byte[] cursorKey;
    private readonly PooledDbContextFactory<StoreContext> contexts;

    // Fair among the writers of this process; SQLite's busy time-out only has to cover other processes.
    private readonly SemaphoreSlim writers = new(1, 1);

    private TelecomStore(string path, string connectionString, byte[] cursorKey, TimeProvider time)
    {
        Path = path;
        this.connectionString = connectionString;
        this.cursorKey = cursorKey;
        contexts = new(new DbContextOptionsBuilder<StoreContext>()
            .UseSqlite(connectionString)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .AddInterceptors(new ConnectionSettings())
            .Options);
        Idempotency = new(path, contexts, writers, time);
        Access = new(path, contexts, writers);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Answers by idempotency key, in the same file.</summary>
    public IdempotencyStore Idempotency { get; }

    /// <summary>Keys, what was used with them, and the audit trail, in the same file.</summary>
    public AccessStore Access { get; }

    /// <summary>Opens the file, creating it or bringing its tables up to date.</summary>
    /// <exception cref="TelecomException">
    /// <see cref="ErrorCode.DataRejected"/>: damaged, not writable, locked, of a newer version, or somebody else's.
    /// </exception>
    public static TelecomStore Open(string path) => Open(path, TimeProvider.System);

    /// <inheritdoc cref="Open(string)"/>
    /// <param name="path">The file.</param>
    /// <param name="time">Clock of what is kept for a time.</param>
    public static TelecomStore Open(string path, TimeProvider time)
    {
        path = System.IO.Path.GetFullPath(path);
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 5 }.ToString();
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            ConnectionSettings.Apply(connection);
            Check(connection, path);
            return new(path, connectionString, StoreSchema.Prepare(connection, path), time);
        }
        catch (SqliteException exception)
        {
            Release(connectionString);
            throw StoreErrors.Explain(path, exception);
        }
        catch (TelecomException)
        {
            Release(connectionString);
            throw;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"The folder of the store {path} cannot be created: {exception.Message}", exception);
        }
    }

    /// <summary>Writes all of <paramref name="batch"/> or nothing.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/>: the file cannot be written.</exception>
    /// <exception cref="DbUpdateException">A row breaks a constraint, e.g. its id is stored already.</exception>
    public async Task SaveAsync(IReadOnlyCollection<StoredPrediction> batch, CancellationToken cancellationToken)
    {
        await writers.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            context.Predictions.AddRange(batch);
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (Cause(exception) is { SqliteErrorCode: not ConstraintViolated } cause)
        {
            throw StoreErrors.Explain(Path, cause);
        }
        finally
        {
            writers.Release();
        }
    }

    /// <returns>The prediction of that id; null when there is none.</returns>
    public async Task<StoredPrediction?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            return await context.Predictions.FirstOrDefaultAsync(row => row.Id == id, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw StoreErrors.Explain(Path, exception);
        }
    }

    /// <returns>One page, newest first.</returns>
    /// <exception cref="InvalidInputException">The limit, the bounds or the cursor are wrong; pointers name the member of the query.</exception>
    public async Task<PredictionPage> QueryAsync(PredictionQuery query, CancellationToken cancellationToken)
    {
        Validate(query);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            var rows = await Behind(Filter(context.Predictions, query), query)
                .OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id)
                .Take(query.Limit + 1)
                .ToListAsync(cancellationToken).ConfigureAwait(false);

            // The extra row only tells whether another page follows.
            if (rows.Count <= query.Limit)
            {
                return new(rows, null);
            }

            rows.RemoveAt(query.Limit);
            var last = rows[^1];
            return new(rows, new PageCursor(UnixMicroseconds.From(last.CreatedAt), last.Id).Write(query, cursorKey));
        }
        catch (SqliteException exception)
        {
            throw StoreErrors.Explain(Path, exception);
        }
    }

    /// <summary>Checks that the file still answers.</summary>
    /// <exception cref="TelecomException"><see cref="ErrorCode.DataRejected"/> saying why not.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await context.Predictions.AnyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException exception)
        {
            throw StoreErrors.Explain(Path, exception);
        }
    }

    /// <summary>Closes the pooled connections, which also folds the write-ahead log into the file.</summary>
    public ValueTask DisposeAsync()
    {
        Release(connectionString);
        writers.Dispose();
        return ValueTask.CompletedTask;
    }

    internal const int ConstraintViolated = 19;

    internal static SqliteException? Cause(Exception exception) => exception as SqliteException ?? exception.InnerException as SqliteException;

    private static IQueryable<StoredPrediction> Filter(IQueryable<StoredPrediction> rows, PredictionQuery query)
    {
        rows = query.Task is { } task ? rows.Where(row => row.Task == task) : rows;
        rows = query.Method is { } method ? rows.Where(row => row.Method == method) : rows;
        rows = query.JobId is { } jobId ? rows.Where(row => row.JobId == jobId) : rows;
        rows = query.From is { } from ? rows.Where(row => row.CreatedAt >= from) : rows;
        return query.To is { } to ? rows.Where(row => row.CreatedAt < to) : rows;
    }

    private IQueryable<StoredPrediction> Behind(IQueryable<StoredPrediction> rows, PredictionQuery query)
    {
        if (query.Cursor is not { } text)
        {
            return rows;
        }

        var cursor = PageCursor.Read(text, query, cursorKey);
        var time = UnixMicroseconds.ToTime(cursor.CreatedAt);
        var id = cursor.Id;

        // The first comparison alone bounds the index scan; the rest decides among rows of the same microsecond.
        return rows.Where(row => row.CreatedAt <= time && (row.CreatedAt < time || row.Id < id));
    }

    private static void Validate(PredictionQuery query)
    {
        var errors = new InputErrors();
        if (query.Limit is < 1 or > PredictionQuery.MaximumLimit)
        {
            errors.Add("/limit", FormattableString.Invariant($"must be from 1 to {PredictionQuery.MaximumLimit}, but is {query.Limit}."));
        }

        if (query.From >= query.To)
        {
            errors.Add("/to", "must be later than from.");
        }

        errors.ThrowIfAny();
    }

    private static void Check(SqliteConnection connection, string path)
    {
        if (new FileInfo(path).Length > CheckedFileBytes)
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok")
        {
            throw new SqliteException("a page is malformed", 11);
        }
    }

    private static void Release(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
