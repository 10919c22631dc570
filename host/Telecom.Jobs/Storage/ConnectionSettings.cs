using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Telecom.Jobs.Storage;

/// <summary>Settings that SQLite keeps per connection and forgets with it.</summary>
internal sealed class ConnectionSettings : DbConnectionInterceptor
{
    // With a write-ahead log, NORMAL loses at most the last transactions on power failure and never the file.
    private const string Statements = "PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;";

    public static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Statements;
        command.ExecuteNonQuery();
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        // SQLite has no asynchronous calls: the statement takes microseconds and no input or output.
        Apply(connection);
        return Task.CompletedTask;
    }
}
