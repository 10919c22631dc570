using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Storage;

/// <summary>Creates the tables and brings those of older versions up to date; the file's <c>user_version</c> says how far it is.</summary>
/// <remarks>
/// Plain statements instead of EF migrations: those guard themselves with a lock table on SQLite, which a killed process leaves behind and which then
/// keeps every later start waiting. Here one immediate transaction is the lock, and it ends with its process. A test compares the result with the
/// EF model.
/// </remarks>
internal static class StoreSchema
{
    // "TELS" in ASCII, so that somebody else's SQLite file is recognised.
    private const int ApplicationId = 0x54454C53;

    private const string CursorKeyName = "cursor-key";

    // Entry n brings a file from version n to n + 1. Entries that were released are never edited.
    private static readonly string[] Versions =
    [
        """
        CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE predictions (
            id TEXT NOT NULL PRIMARY KEY,
            task TEXT NOT NULL,
            method TEXT NOT NULL,
            bundle TEXT NULL,
            base TEXT NULL,
            created_at INTEGER NOT NULL,
            elapsed_ms REAL NOT NULL,
            request TEXT NOT NULL,
            output TEXT NOT NULL,
            fallback TEXT NULL,
            job_id TEXT NULL);
        CREATE INDEX predictions_by_time ON predictions (created_at, id);
        CREATE INDEX predictions_by_task ON predictions (task, created_at, id);
        CREATE INDEX predictions_by_method ON predictions (task, method, created_at, id);
        CREATE INDEX predictions_by_job ON predictions (job_id, created_at, id) WHERE job_id IS NOT NULL;
        """,
        "ALTER TABLE predictions ADD COLUMN adapter TEXT NULL;",
        """
        CREATE TABLE idempotency (
            id TEXT NOT NULL PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            owner TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            leased_until INTEGER NOT NULL,
            answer BLOB NULL);
        CREATE INDEX idempotency_by_time ON idempotency (created_at);
        """,
        """
        CREATE TABLE api_keys (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            scopes TEXT NOT NULL,
            secret_hash BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NULL,
            last_used_at INTEGER NULL,
            revoked_at INTEGER NULL,
            rows_per_day INTEGER NULL);
        CREATE TABLE daily_rows (caller TEXT NOT NULL, day INTEGER NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY (caller, day));
        CREATE TABLE audit (
            sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            caller TEXT NOT NULL,
            caller_name TEXT NOT NULL,
            action TEXT NOT NULL,
            target TEXT NOT NULL,
            status INTEGER NOT NULL,
            trace_id TEXT NULL);
        """,
    ];

    public static int CurrentVersion => Versions.Length;

    /// <returns>The key that signs cursors of this file.</returns>
    public static byte[] Prepare(SqliteConnection connection, string path)
    {
        if ((string)Scalar(connection, "PRAGMA journal_mode = WAL")! is var mode and not "wal")
        {
            throw new TelecomException(
                ErrorCode.DataRejected,
                $"The store {path} cannot keep a write-ahead log (it stays in mode '{mode}'): move the state folder to a local disk.");
        }

        using var transaction = connection.BeginTransaction(deferred: false);
        var version = (int)Number(connection, "PRAGMA user_version");
        RequireOurs(connection, path, version);
        for (; version < Versions.Length; version++)
        {
            Execute(connection, Versions[version]);
        }

        // PRAGMA takes no parameters.
        Execute(connection, FormattableString.Invariant($"PRAGMA user_version = {version}; PRAGMA application_id = {ApplicationId};"));
        var key = CursorKey(connection);
        transaction.Commit();
        return key;
    }

    private static void RequireOurs(SqliteConnection connection, string path, int version)
    {
        var isEmpty = Number(connection, "SELECT count(*) FROM sqlite_master") == 0;
        if (!isEmpty && Number(connection, "PRAGMA application_id") != ApplicationId)
        {
            throw new TelecomException(ErrorCode.DataRejected, $"{path} is the database of another program: name another state folder.");
        }

        if (version > Versions.Length)
        {
            throw new TelecomException(
                ErrorCode.DataRejected,
                $"The store {path} has version {version} and this program knows versions up to {Versions.Length}: "
                + "run the newer program or name another state folder.");
        }
    }

    private static byte[] CursorKey(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR IGNORE INTO settings (name, value) VALUES ($name, $fresh); SELECT value FROM settings WHERE name = $name;";
        command.Parameters.AddWithValue("$name", CursorKeyName);
        command.Parameters.AddWithValue("$fresh", RandomNumberGenerator.GetBytes(32));
        return (byte[])command.ExecuteScalar()!;
    }

    private static long Number(SqliteConnection connection, string statement) => (long)Scalar(connection, statement)!;

    private static object? Scalar(SqliteConnection connection, string statement)
    {
        using var command = Command(connection, statement);
        return command.ExecuteScalar();
    }

    private static void Execute(SqliteConnection connection, string statements)
    {
        using var command = Command(connection, statements);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string statements)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every caller is above and passes constants
        command.CommandText = statements;
#pragma warning restore CA2100
        return command;
    }
}
