using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Telecom.Jobs.Storage;
using Telecom.Sdk.Errors;

namespace Telecom.Jobs.Tests.Storage;

public sealed class TelecomStoreTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder folder = new();

    private string File => folder.File("telecom.db");

    [Fact]
    public async Task Find_returns_every_member_as_saved()
    {
        var saved = Samples.Prediction(0, jobId: Guid.CreateVersion7()) with
        {
            Bundle = "3",
            Base = "nano",
            Adapter = "a@1",
            Fallback = "hold",
            Request = "{\"name\":\"Zürich 雨\"}"u8.ToArray(),
            CreatedAt = Samples.Start.AddMicroseconds(123_457),
        };

        await using var store = TelecomStore.Open(File);
        await store.SaveAsync([saved], Token);
        var found = await store.FindAsync(saved.Id, Token);

        Assert.NotNull(found);
        Assert.Equal("{\"name\":\"Zürich 雨\"}"u8.ToArray(), found.Request.ToArray());
        Assert.Equal("{\"y\":[2.5]}"u8.ToArray(), found.Output.ToArray());
        Assert.Equal(saved with { Request = found.Request, Output = found.Output }, found);
    }

    [Fact]
    public async Task Find_of_an_unknown_id_returns_null()
    {
        await using var store = TelecomStore.Open(File);

        Assert.Null(await store.FindAsync(Guid.CreateVersion7(), Token));
    }

    [Fact]
    public async Task Saved_predictions_survive_reopening()
    {
        var saved = Samples.Prediction(0);
        await using (var store = TelecomStore.Open(File))
        {
            await store.SaveAsync([saved], Token);
        }

        await using var reopened = TelecomStore.Open(File);

        Assert.NotNull(await reopened.FindAsync(saved.Id, Token));
    }

    [Fact]
    public async Task A_batch_with_a_stored_id_writes_nothing()
    {
        var first = Samples.Prediction(0);
        var second = Samples.Prediction(1);
        await using var store = TelecomStore.Open(File);
        await store.SaveAsync([first], Token);

        await Assert.ThrowsAsync<DbUpdateException>(() => store.SaveAsync([second, first], Token));

        Assert.Null(await store.FindAsync(second.Id, Token));
    }

    [Fact]
    public async Task Eight_concurrent_writers_lose_nothing()
    {
        const int Batches = 25;
        const int Rows = 4;
        await using var store = TelecomStore.Open(File);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                for (var batch = 0; batch < Batches; batch++)
                {
                    var first = batch * Rows;
                    await store.SaveAsync([.. Enumerable.Range(first, Rows).Select(row => Samples.Prediction(row, $"writer-{writer}"))], Token);
                }
            },
            Token)));

        for (var writer = 0; writer < 8; writer++)
        {
            var page = await store.QueryAsync(new() { Task = $"writer-{writer}", Limit = 500 }, Token);
            Assert.Equal(Batches * Rows, page.Items.Count);
        }
    }

    [Fact]
    public async Task Eight_stores_on_one_file_lose_nothing()
    {
        // Separate stores share no semaphore, like separate processes: only SQLite's own locks keep them apart.
        await using var reader = TelecomStore.Open(File);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                await using var store = TelecomStore.Open(File);
                for (var row = 0; row < 20; row++)
                {
                    await store.SaveAsync([Samples.Prediction(row, $"writer-{writer}")], Token);
                }
            },
            Token)));

        Assert.Equal(160, (await reader.QueryAsync(new() { Limit = 500 }, Token)).Items.Count);
    }

    [Fact]
    public async Task Open_uses_a_write_ahead_log()
    {
        await using var store = TelecomStore.Open(File);

        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
    }

    [Fact]
    public async Task Tables_equal_those_that_EF_would_create_from_the_model()
    {
        await using var store = TelecomStore.Open(File);
        var options = new DbContextOptionsBuilder<StoreContext>().UseSqlite($"Data Source={folder.File("model.db")};Pooling=False").Options;
        await using var model = new StoreContext(options);
        await model.Database.EnsureCreatedAsync(Token);

        Assert.Equal(Columns(folder.File("model.db")), Columns(File));
    }

    [Fact]
    public async Task The_statement_of_a_task_page_is_answered_by_its_index()
    {
        await using var store = TelecomStore.Open(File);
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "EXPLAIN QUERY PLAN SELECT * FROM predictions WHERE task = 'a' AND created_at <= 5 AND (created_at < 5 OR id < 'x') "
            + "ORDER BY created_at DESC, id DESC LIMIT 51";
        using var plan = command.ExecuteReader();

        Assert.True(plan.Read());
        Assert.Equal("SEARCH predictions USING INDEX predictions_by_task (task=? AND created_at<?)", plan.GetString(3));
        Assert.False(plan.Read(), "a second step would be a sort");
    }

    [Theory]
    [InlineData("this is no database at all, and it is longer than the sixteen bytes of the header of one")]
    [InlineData("SQLite format 3\0 and then rubbish that goes on for more than the hundred bytes which the header takes up, so that all is read")]
    public void Open_of_a_file_that_is_no_database_is_refused_naming_it(string content)
    {
        System.IO.File.WriteAllText(File, content);

        var refusal = Assert.Throws<TelecomException>(() => TelecomStore.Open(File));

        Assert.Equal(ErrorCode.DataRejected, refusal.Code);
        Assert.Contains(File, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_of_a_file_with_a_damaged_page_is_refused()
    {
        await using (var store = TelecomStore.Open(File))
        {
            await store.SaveAsync([.. Enumerable.Range(0, 200).Select(row => Samples.Prediction(row))], Token);
        }

        await using (var file = System.IO.File.OpenWrite(File))
        {
            // The first page holds header and schema; everything behind it becomes rubbish.
            file.Position = 4096;
            file.Write([.. Enumerable.Repeat((byte)0xA5, (int)(file.Length - 4096))]);
        }

        Assert.Contains("damaged", Assert.Throws<TelecomException>(() => TelecomStore.Open(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_of_a_folder_is_refused()
    {
        Directory.CreateDirectory(File);

        Assert.Contains("cannot be opened", Assert.Throws<TelecomException>(() => TelecomStore.Open(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_below_a_file_is_refused()
    {
        System.IO.File.WriteAllText(folder.File("file"), string.Empty);

        var refusal = Assert.Throws<TelecomException>(() => TelecomStore.Open(Path.Combine(folder.File("file"), "telecom.db")));

        Assert.Equal(ErrorCode.DataRejected, refusal.Code);
    }

    [Fact]
    public async Task Open_of_a_read_only_file_is_refused()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows(), "Permissions do not bind this user.");
        await TelecomStore.Open(File).DisposeAsync();
        System.IO.File.SetAttributes(File, FileAttributes.ReadOnly);

        Assert.Contains("cannot be written", Assert.Throws<TelecomException>(() => TelecomStore.Open(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_to_write_is_explained_as_missing_permission()
    {
        var refusal = StoreErrors.Explain(File, new SqliteException("attempt to write a readonly database", 8));

        Assert.Equal(
            $"The store {File} cannot be written: give this user write access to the file and its folder, or name another state folder.",
            refusal.Message);
    }

    [Fact]
    public async Task Open_of_a_newer_store_is_refused()
    {
        await TelecomStore.Open(File).DisposeAsync();
        Execute($"PRAGMA user_version = {StoreSchema.CurrentVersion + 1}");

        Assert.Contains("run the newer program", Assert.Throws<TelecomException>(() => TelecomStore.Open(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_of_another_programs_database_is_refused_and_leaves_it_alone()
    {
        Execute("CREATE TABLE notes (text TEXT)");

        var refusal = Assert.Throws<TelecomException>(() => TelecomStore.Open(File));

        Assert.Contains("another program", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["notes.text TEXT False"], Columns(File));
    }

    [Fact]
    public async Task Open_of_a_locked_file_gives_up_after_about_five_seconds()
    {
        await TelecomStore.Open(File).DisposeAsync();
        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        other.Open();
        using var transaction = other.BeginTransaction(deferred: false);
        var watch = Stopwatch.StartNew();

        var refusal = Assert.Throws<TelecomException>(() => TelecomStore.Open(File));

        Assert.Contains("locked", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30));
    }

    public void Dispose() => folder.Dispose();

    private static List<string> Columns(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT t.name, c.name, c.type, c.\"notnull\" FROM sqlite_master t, pragma_table_info(t.name) c "
            + "WHERE t.type = 'table' AND t.name NOT IN ('settings', 'sqlite_sequence') ORDER BY t.name, c.name";
        using var reader = command.ExecuteReader();
        var columns = new List<string>();
        while (reader.Read())
        {
            columns.Add($"{reader.GetString(0)}.{reader.GetString(1)} {reader.GetString(2)} {reader.GetBoolean(3)}");
        }

        return columns;
    }

    private void Execute(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}
