using Microsoft.Data.Sqlite;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Storage;

/// <summary>Says what SQLite's result codes mean for whoever runs the host.</summary>
internal static class StoreErrors
{
    public static TelecomException Explain(string path, SqliteException exception) =>
        new(ErrorCode.DataRejected, $"The store {path} {Reason(exception)}", exception);

    // Result codes: https://sqlite.org/rescode.html
    private static string Reason(SqliteException exception) => exception.SqliteErrorCode switch
    {
        5 or 6 => "is locked by another program for more than 5 s: stop it or name another state folder.",
        8 => "cannot be written: give this user write access to the file and its folder, or name another state folder.",
        11 or 26 => "is damaged: move it and the files next to it (-wal, -shm) away to start with an empty one, or restore a copy.",
        13 => "cannot grow: the disk is full.",
        14 => "cannot be opened: the folder must exist, be writable and not hold a folder of that name.",
        _ => $"failed: {exception.Message}",
    };
}
